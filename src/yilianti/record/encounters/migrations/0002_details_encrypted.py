"""What a sender gave beside the visit (kin, insurance, unread segments) is encrypted, with the versions that repeat it; the tables are rewritten."""

import json

from django.db import migrations

from yilianti.kernel.crypto import encryption
from yilianti.kernel.crypto.encryption import EncryptedJSONField

_STEP = 1000


def encrypt_rows(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table, column in (("encounters_encounter", "details"), ("encounters_encounterversion", "content")):
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column}_sealed bytea, DISABLE TRIGGER USER")
            _seal(cursor, table, column)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check may wait for a table that changes its shape
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING {column}_sealed, DROP COLUMN {column}_sealed, ENABLE TRIGGER USER")


def _seal(cursor, table, column):
    last = 0
    while True:
        cursor.execute(f"SELECT id, {column}::text FROM {table} WHERE id > %s ORDER BY id LIMIT %s", [last, _STEP])
        rows = cursor.fetchall()
        if not rows:
            return
        sealed = [encryption.encrypt(f"{table}.{column}", json.dumps(json.loads(text), ensure_ascii=False).encode()) for _, text in rows]
        cursor.execute(f"UPDATE {table} t SET {column}_sealed = v.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS v(id, sealed) WHERE t.id = v.id",
                       [[id_ for id_, _ in rows], sealed])
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("encounters", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(encrypt_rows, elidable=True)],
            state_operations=[
                migrations.AlterField("encounter", "details", EncryptedJSONField(default=dict)),
                migrations.AlterField("encounterversion", "content", EncryptedJSONField()),
            ],
        ),
    ]
