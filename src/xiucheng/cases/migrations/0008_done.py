"""What residents read of done cases comes from an index in its own order: the newest ended first, each page behind the last."""

from django.db import migrations

MADE = """
CREATE INDEX case_done ON cases_case (ended_at DESC, id DESC)
  WHERE state = 'closed' AND training = false AND imported = false AND kind IN ('complaint', 'help')
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_open")]

    operations = [migrations.RunSQL(MADE, "DROP INDEX case_done")]
