from django.db import migrations, models

_OPEN = models.Q(("state__in", ["issued", "cancelled"]), _negated=True)


class Migration(migrations.Migration):

    dependencies = [
        ("diagnosis", "0008_told_of_a_recording"),
    ]

    operations = [
        migrations.AddIndex(model_name="exam", index=models.Index(fields=["-ordered_at", "-id"], name="exams_newest")),
        migrations.AddIndex(model_name="exam", index=models.Index(condition=_OPEN, fields=["institution"], name="exams_open_at_member")),
        migrations.AddIndex(model_name="exam", index=models.Index(condition=_OPEN, fields=["centre"], name="exams_open_at_centre")),
    ]
