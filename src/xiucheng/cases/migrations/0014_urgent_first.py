"""Lists begin with what must not wait: the few open cases that are urgent are found by an index of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_reporter_keys")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX case_open_urgent ON cases_case (state, due_at) WHERE ended_at IS NULL AND urgency > 0",
            "DROP INDEX case_open_urgent",
        )
    ]
