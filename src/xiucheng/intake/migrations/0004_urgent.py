"""Messages with words of danger are worked off first, and one person's messages one after another."""

from django.db import migrations, models

WAITING = models.Q(state="waiting")


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_incoming")]

    operations = [
        migrations.AddField("incoming", "urgent", models.BooleanField("紧急", default=False, db_default=False)),
        migrations.RemoveIndex("incoming", "incoming_due"),
        migrations.AddIndex(
            "incoming", models.Index(fields=["-urgent", "due_at", "id"], name="incoming_due", condition=WAITING)
        ),
        migrations.AddIndex(
            "incoming",
            models.Index(
                fields=["channel", "account", "sender_blind"],
                name="incoming_at_work",
                condition=WAITING & models.Q(leased_until__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "incoming",
            models.Index(fields=["sender_blind"], name="incoming_urgent", condition=models.Q(urgent=True)),
        ),
    ]
