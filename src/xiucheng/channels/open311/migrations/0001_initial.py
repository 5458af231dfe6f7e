"""Keys of programs that report by Open311 (开放接口密钥)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="使用方")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("quota", models.PositiveIntegerField(default=1000, verbose_name="每天最多次数")),
                ("day", models.DateField(blank=True, null=True, verbose_name="计数日")),
                ("used", models.PositiveIntegerField(default=0, verbose_name="当天已用")),
                ("made_by", models.BigIntegerField(verbose_name="发放人")),
                ("made_at", models.DateTimeField(verbose_name="发放时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
            ],
            options={
                "verbose_name": "开放接口密钥",
                "verbose_name_plural": "开放接口密钥",
            },
        ),
    ]
