"""A broken import goes on only with the mapping it began with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [
        migrations.AddField(
            "importrun", "fingerprint", models.CharField(default="", max_length=64, verbose_name="对应的内容")
        ),
    ]
