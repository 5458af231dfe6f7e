"""A reporter is found again by his door and his e-mail, too, not by his phone alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_upkeep")]

    operations = [
        migrations.AddField("report", "door_blind", models.BinaryField(null=True)),
        migrations.AddField("report", "email_blind", models.BinaryField(null=True)),
        *(
            migrations.AddIndex(
                "report",
                models.Index(
                    fields=[f"{key}_blind"], name=f"report_{key}", condition=models.Q(**{f"{key}_blind__isnull": False})
                ),
            )
            for key in ("door", "email")
        ),
    ]
