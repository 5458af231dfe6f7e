"""When a token was last used (最近使用)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="token",
            name="last_used_at",
            field=models.DateTimeField(blank=True, help_text="精确到小时", null=True, verbose_name="最近使用"),
        ),
    ]
