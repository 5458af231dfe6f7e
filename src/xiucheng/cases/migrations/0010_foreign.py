"""A case is found by the number that another system gave it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_deadline")]

    operations = [
        migrations.AddIndex(
            "report",
            models.Index(
                fields=["external_key"], name="report_foreign", condition=models.Q(external_key__isnull=False)
            ),
        ),
    ]
