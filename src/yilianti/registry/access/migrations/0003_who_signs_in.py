"""What people sign in with, where they are signed in, and a seal over every grant; grants there already are sealed as they stand."""

import django.db.models.deletion
import yilianti.kernel.crypto.encryption
from django.conf import settings
from django.db import migrations, models


def seal_what_is_there(apps, schema_editor):
    from yilianti.registry.access import seals

    for grant in apps.get_model("access", "Grant").objects.all():
        seals.sealed(grant).save(update_fields=["seal"])


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_tree_version'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='seal',
            field=models.CharField(default='', max_length=100),
        ),
        migrations.CreateModel(
            name='PastPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128)),
                ('until', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_passwords', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_mac', models.CharField(max_length=100)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Login',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('address', models.GenericIPAddressField(null=True)),
                ('browser', models.CharField(blank=True, max_length=60)),
                ('factor', models.CharField(choices=[('password', '密码'), ('code', '密码和动态口令'), ('recovery', '密码和备用码')], max_length=16)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, choices=[('signed_out', '本人退出'), ('ended_by_owner', '本人在别处结束'), ('ended_by_keeper', '安全管理员结束'), ('lapsed', '空闲或到时'), ('crowded_out', '同时登录过多'), ('ground_gone', '密码、动态口令或账号变动')], max_length=16)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='logins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['account', '-began_at'], name='access_logi_account_db241f_idx'), models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['account', 'seen_at'], name='login_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_why', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_why', ''), _negated=True)), _connector='OR'), name='login_ends_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('secret', yilianti.kernel.crypto.encryption.EncryptedTextField(max_length=64)),
                ('begun_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('last_step', models.BigIntegerField(blank=True, null=True)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='second_factor', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('last_step__isnull', False), _connector='OR'), name='confirmed_by_a_code')],
            },
        ),
        migrations.RunPython(seal_what_is_there, migrations.RunPython.noop, elidable=True),
    ]
