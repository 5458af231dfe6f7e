"""What lists of many cases are read by: a minor category with its street, kind, channel, and the rare marks of ended cases.

Open cases pay for one index more, and only once they have a category; an ended case is written to its indexes once.
`case_hits` looks words up in their index whatever the planner expects of them.
"""

from django.db import migrations

MADE = """
DROP INDEX case_ended_category;
CREATE INDEX case_ended_category ON cases_case (category_id, street, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_ended_minor ON cases_case (category_id, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_open_category ON cases_case (category_id, street) WHERE ended_at IS NULL AND category_id IS NOT NULL;
CREATE INDEX case_ended_kind ON cases_case (kind, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_ended_channel ON cases_case (channel, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_ended_overdue ON cases_case (opened_at DESC) WHERE ended_at IS NOT NULL AND overdue AND NOT excused;
CREATE INDEX case_ended_flagged ON cases_case (opened_at DESC) WHERE ended_at IS NOT NULL AND flags <> '[]';
CREATE INDEX case_ended_level ON cases_case (level, opened_at DESC) WHERE ended_at IS NOT NULL AND level > 0;
CREATE INDEX case_ended_urgent ON cases_case (opened_at DESC) WHERE ended_at IS NOT NULL AND urgency > 0;
CREATE INDEX case_ended_handler ON cases_case (handler_id, opened_at DESC)
  WHERE ended_at IS NOT NULL AND handler_id IS NOT NULL;
ALTER INDEX case_search_grams SET (gin_pending_list_limit = 256);
CREATE FUNCTION case_hits(wanted tsquery, most integer) RETURNS SETOF bigint LANGUAGE sql STABLE
  SET enable_seqscan = off
  AS $$ SELECT case_id FROM case_search WHERE grams @@ wanted LIMIT most $$;
"""
DROP = """
DROP FUNCTION case_hits(tsquery, integer);
ALTER INDEX case_search_grams RESET (gin_pending_list_limit);
DROP INDEX case_ended_handler; DROP INDEX case_ended_urgent; DROP INDEX case_ended_level; DROP INDEX case_ended_flagged;
DROP INDEX case_ended_overdue; DROP INDEX case_ended_channel; DROP INDEX case_ended_kind; DROP INDEX case_open_category;
DROP INDEX case_ended_minor; DROP INDEX case_ended_category;
CREATE INDEX case_ended_category ON cases_case (category_id, opened_at DESC) WHERE ended_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_followers")]

    operations = [migrations.RunSQL(MADE, DROP)]
