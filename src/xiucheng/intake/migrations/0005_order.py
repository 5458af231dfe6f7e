"""The last message of a work order of 12345 is found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_urgent")]

    operations = [
        migrations.AddIndex(
            "incoming",
            models.Index(
                fields=["sender_blind", "-id"], name="incoming_order", condition=models.Q(channel="order12345")
            ),
        ),
    ]
