import django.db.models.deletion
from django.db import migrations, models

# What is open gets its limit: where its day is written down by that, else from today, because nobody wrote down since when it is owed.
# The clock looks at each of them once and takes the rungs that are reached; what it said before is not said again.
_BACKFILL = """UPDATE referral_referral SET
 due_at = CASE
  WHEN state IN ('submitted', 'assigned') THEN answer_due_at
  WHEN goes_home AND state IN ('accepted', 'arrived') THEN (follow_up_due_on + time '23:59') AT TIME ZONE 'Asia/Shanghai'
  WHEN state = 'accepted' THEN LEAST(lapses_at, appointment_at + interval '1 day')
  WHEN state = 'sent_out' THEN now() + interval '7 days'
  ELSE now() + interval '1 day' END,
 rung = CASE
  WHEN state = 'assigned' AND escalated_at IS NOT NULL THEN 3
  WHEN state = 'submitted' AND escalated_at IS NOT NULL THEN 2
  WHEN state IN ('submitted', 'assigned') AND reminded_at IS NOT NULL THEN 1
  ELSE 0 END,
 speaks_at = now()
WHERE state IN ('pending', 'submitted', 'assigned', 'rerouting', 'advised', 'returned', 'accepted', 'sent_out') OR (state = 'arrived' AND goes_home)"""


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0002_sensitive_sharing'),
        ('institutions', '0004_coordinates'),
        ('people', '0002_life'),
        ('referral', '0010_way_home'),
        ('residents', '0004_shared_messages'),
        ('services', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='时限')),
                ('rung', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('speaks_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.CharField(choices=[('sender', '转出方'), ('receiver', '接收方')], max_length=8)),
                ('asked_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='referral',
            name='referral_unanswered',
        ),
        migrations.AddField(
            model_name='referral',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='时限'),
        ),
        migrations.AddField(
            model_name='referral',
            name='rung',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='referral',
            name='speaks_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(_BACKFILL, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveField(
            model_name='referral',
            name='escalated_at',
        ),
        migrations.RemoveField(
            model_name='referral',
            name='reminded_at',
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'pending', 'submitted', 'assigned', 'rerouting', 'advised', 'returned', 'accepted', 'arrived', 'discharged', 'sent_out'])), fields=['due_at', 'id'], name='referral_due'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('speaks_at__isnull', False)), fields=['speaks_at'], name='referral_speaks'),
        ),
        migrations.AddField(
            model_name='question',
            name='referral',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='question', to='referral.referral'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('speaks_at__isnull', False)), fields=['speaks_at'], name='referral_question_speaks'),
        ),
    ]
