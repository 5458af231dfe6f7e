"""Tokens of machines (接口令牌)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="用途")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("posts", models.JSONField(blank=True, default=list, verbose_name="只限岗位")),
                ("made_by", models.BigIntegerField(verbose_name="发放人")),
                ("made_at", models.DateTimeField(verbose_name="发放时间")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="有效至")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
            },
        ),
    ]
