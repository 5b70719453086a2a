"""Tables of the directory are brought through registry/imports; what was written by them stands, its ledger goes."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0002_tables_brought'),
    ]

    operations = [
        migrations.DeleteModel('TableRow'),
        migrations.DeleteModel('TableBrought'),
    ]
