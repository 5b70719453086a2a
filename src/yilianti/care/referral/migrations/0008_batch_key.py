import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referral', '0007_certificates'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='client_key',
            field=models.UUIDField(default=uuid.uuid4, unique=True),
        ),
    ]
