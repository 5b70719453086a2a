from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("encounters", "0002_details_encrypted"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(fields=["institution"], condition=models.Q(kind="inpatient", state="open"), name="encounters_in_house"),
        ),
    ]
