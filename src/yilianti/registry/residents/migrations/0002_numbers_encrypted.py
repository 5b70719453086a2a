"""Numbers, telephones, addresses and what they were before a correction are encrypted, and found by keyed hash.

The columns change their type by a rewrite of the table, so that no page of the data files keeps the plain text.
"""

import json

from django.db import migrations, models
from django.db.models import Q

from yilianti.kernel.crypto import encryption
from yilianti.kernel.crypto.encryption import EncryptedJSONField, EncryptedTextField, KeyedHashField

_STEP = 2000


def _purpose(table, column):
    return f"{table}.{column}"


def _seal(cursor, table, column, *, hashed):
    """Fill `<column>_sealed` (and the hashes) of every row, some thousand at a time."""
    purpose, last = _purpose(table, column), 0
    names = ["sealed", *(["odd", "even"] if hashed else [])]
    to_set = ", ".join(f"{column}_{name} = v.{name}" for name in names)
    given = ", ".join(["%s::bigint[]", *("%s::bytea[]" for _ in names)])
    while True:
        cursor.execute(f"SELECT id, {column} FROM {table} WHERE id > %s ORDER BY id LIMIT %s", [last, _STEP])
        rows = [(id_, text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)) for id_, text in cursor.fetchall()]
        if not rows:
            return
        columns = [[id_ for id_, _ in rows], [encryption.encrypt(purpose, text.encode()) for _, text in rows]]
        if hashed:
            hashes = [encryption.keyed_hashes(purpose, text) if text else (None, None) for _, text in rows]
            columns += [[pair[place] for pair in hashes] for place in (0, 1)]
        cursor.execute(f"UPDATE {table} SET {to_set} FROM unnest({given}) AS v(id, {', '.join(names)}) WHERE {table}.id = v.id", columns)
        last = rows[-1][0]


def encrypt_rows(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table, column, hashed in (("residents_identifier", "value", True), ("residents_resident", "phone", True),
                                      ("residents_resident", "address", False), ("residents_pastparticulars", "particulars", False)):
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column}_sealed bytea, DISABLE TRIGGER USER")
            _seal(cursor, table, column, hashed=hashed)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check may wait for a table that changes its shape
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING {column}_sealed, DROP COLUMN {column}_sealed, ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="identifier", name="identifier_means_one_resident"),
        migrations.RemoveIndex(model_name="identifier", name="residents_i_value_93b873_idx"),
        migrations.RemoveIndex(model_name="resident", name="resident_phone"),
        migrations.AddField("identifier", "value_odd", KeyedHashField(of="value", slot="odd")),
        migrations.AddField("identifier", "value_even", KeyedHashField(of="value", slot="even")),
        migrations.AddField("resident", "phone_odd", KeyedHashField(of="phone", slot="odd")),
        migrations.AddField("resident", "phone_even", KeyedHashField(of="phone", slot="even")),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(encrypt_rows, elidable=True)],
            state_operations=[
                migrations.AlterField("identifier", "value", EncryptedTextField(max_length=64)),
                migrations.AlterField("resident", "phone", EncryptedTextField("电话", max_length=32, blank=True)),
                migrations.AlterField("resident", "address", EncryptedTextField("住址", max_length=160, blank=True)),
                migrations.AlterField("pastparticulars", "particulars", EncryptedJSONField()),
            ],
        ),
        *(
            operation
            for slot in ("odd", "even")
            for operation in (
                migrations.AddConstraint("identifier", models.UniqueConstraint(
                    fields=["system", "issuer", f"value_{slot}"], condition=~Q(system="unverified"), name=f"identifier_means_one_resident_{slot}")),
                migrations.AddIndex("identifier", models.Index(
                    fields=[f"value_{slot}"], condition=Q(**{f"value_{slot}__isnull": False}), name=f"identifier_value_{slot}")),
                migrations.AddIndex("resident", models.Index(
                    fields=[f"phone_{slot}"], condition=Q(**{f"phone_{slot}__isnull": False}), name=f"resident_phone_{slot}")),
            )
        ),
        migrations.AddConstraint("identifier", models.CheckConstraint(
            name="identifier_can_be_found", condition=Q(value_odd__isnull=False) | Q(value_even__isnull=False))),
    ]  # fmt: skip
