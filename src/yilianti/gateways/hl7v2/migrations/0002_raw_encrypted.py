"""Message bodies are encrypted; the table is rewritten, so that no page of the data files keeps the plain bytes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from yilianti.kernel.crypto import encryption
from yilianti.kernel.crypto.encryption import EncryptedBytesField

_STEP = 500
_FILL = "UPDATE hl7v2_message m SET raw_sealed = v.sealed FROM unnest(%s::bigint[], %s::bytea[]) AS v(id, sealed) WHERE m.id = v.id"


def encrypt_bodies(apps, schema_editor):
    last = 0
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE hl7v2_message ADD COLUMN raw_sealed bytea")
        while True:
            cursor.execute("SELECT id, raw FROM hl7v2_message WHERE id > %s ORDER BY id LIMIT %s", [last, _STEP])
            rows = cursor.fetchall()
            if not rows:
                break
            cursor.execute(_FILL, [[row[0] for row in rows], [encryption.encrypt("hl7v2_message.raw", bytes(row[1])) for row in rows]])
            last = rows[-1][0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no check may wait for a table that changes its shape
        cursor.execute("ALTER TABLE hl7v2_message ALTER COLUMN raw TYPE bytea USING raw_sealed, DROP COLUMN raw_sealed")


class Migration(migrations.Migration):
    dependencies = [("hl7v2", "0001_initial")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="message", name="message_raw_stays"),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(encrypt_bodies, elidable=True)],
            state_operations=[migrations.AlterField("message", "raw", EncryptedBytesField())],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(name='message_raw_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "raw", "sha256", "received_at" or delete rows from % table\', TG_TABLE_NAME;', hash='7604fdecf3bae6ebe8fd578af3da007639d7ac26', operation='UPDATE OF "raw", "sha256", "received_at" OR DELETE', pgid='pgtrigger_message_raw_stays_5b0f8', table='hl7v2_message', when='BEFORE')),
        ),
    ]
