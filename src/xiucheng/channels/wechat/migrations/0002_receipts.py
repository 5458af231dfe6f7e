"""A receipt finds the notice of its message without reading all that was ever sent."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("channel_wechat", "0001_initial"), ("notices", "0003_rhythm")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX wechat_handed ON notices_attempt (detail) WHERE channel = 'wechat'",
            "DROP INDEX wechat_handed",
        ),
    ]
