import django.db.models.deletion
from django.db import migrations, models

# What was found before belongs to the recording that the exam has; who recorded it is who is called.
_RECORDINGS = "UPDATE diagnosis_criticalvalue c SET recording_id = e.recording_id FROM diagnosis_exam e WHERE e.id = c.exam_id"
_SENDERS = "UPDATE diagnosis_exam SET sent_by_id = coalesce(acquired_by_id, ordered_by_id) WHERE sent_at IS NOT NULL"


class Migration(migrations.Migration):

    dependencies = [
        ('diagnosis', '0007_charges'),
        ('people', '0002_life'),
        ('recordings', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='criticalvalue',
            name='recording',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='recordings.recording'),
        ),
        migrations.AddField(
            model_name='exam',
            name='sent_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person'),
        ),
        migrations.RunSQL(_RECORDINGS, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(_SENDERS, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop, elidable=True),
        migrations.RemoveConstraint(
            model_name='criticalvalue',
            name='critical_value_once',
        ),
        migrations.AddConstraint(
            model_name='criticalvalue',
            constraint=models.UniqueConstraint(fields=('exam', 'code', 'recording'), name='critical_value_once', nulls_distinct=False),
        ),
    ]
