import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('claims', '0002_pages'),
        ('residents', '0005_texts_refused'),
    ]

    operations = [
        migrations.CreateModel(
            name='Beneficiary',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='residents.resident')),
            ],
        ),
        migrations.DeleteModel(
            name='BenefitYear',
        ),
    ]
