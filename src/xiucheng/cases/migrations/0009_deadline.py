"""A case that another system has sent keeps the deadline which that system sets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_done")]

    operations = [
        migrations.AddField("case", "deadline", models.DateTimeField("来文期限", null=True)),
    ]
