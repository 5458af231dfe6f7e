"""The index of followers again: when Django let go of the second one it took the first along, and every act read all cases."""

from django.db import migrations

MADE = "CREATE INDEX IF NOT EXISTS case_main ON cases_case (main_case_id) WHERE main_case_id IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_reads")]

    operations = [migrations.RunSQL(MADE, "DROP INDEX IF EXISTS case_main")]
