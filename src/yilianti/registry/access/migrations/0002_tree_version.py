"""Any change of institutions or memberships, also by raw SQL, counts the tree's version up in the same transaction.

The number comes from a sequence: a rolled-back version is never given again, so it can never be a stale cache's key.
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE access_tree_version_seq;
CREATE FUNCTION access_tree_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO access_treeversion (id, version) VALUES (1, nextval('access_tree_version_seq'))
    ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
    RETURN NULL;
END $$;
CREATE TRIGGER access_tree_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON institutions_institution
    FOR EACH STATEMENT EXECUTE FUNCTION access_tree_changed();
CREATE TRIGGER access_tree_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON institutions_membership
    FOR EACH STATEMENT EXECUTE FUNCTION access_tree_changed();
CREATE TRIGGER access_tree_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON institutions_consortium
    FOR EACH STATEMENT EXECUTE FUNCTION access_tree_changed();
"""

BACKWARD = """
DROP TRIGGER access_tree_changed ON institutions_consortium;
DROP TRIGGER access_tree_changed ON institutions_membership;
DROP TRIGGER access_tree_changed ON institutions_institution;
DROP FUNCTION access_tree_changed();
DROP SEQUENCE access_tree_version_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("institutions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
