"""Open cases are read from their indexes alone: lists by deadline or age under any filter, the numbers on the tabs, the map.

How many cases are open the planner cannot guess (a deadline and an open case go together, it multiplies the two), so every
order of a list has an index that gives it. A tree of the two coordinates takes less to keep than a tree of boxes.
"""

from django.db import migrations

MADE = """
DROP INDEX case_open_state; DROP INDEX case_open_unit; DROP INDEX case_open_place;
CREATE INDEX case_open_state ON cases_case (state, due_at) INCLUDE (training, signed_at, returned) WHERE ended_at IS NULL;
CREATE INDEX case_open_unit ON cases_case (unit_id, due_at, state) INCLUDE (training, signed_at, returned)
  WHERE ended_at IS NULL AND unit_id IS NOT NULL;
CREATE INDEX case_open_due ON cases_case (due_at, street, kind, channel, state, training, id) WHERE ended_at IS NULL;
CREATE INDEX case_open_age ON cases_case (opened_at, due_at, street, kind, channel, state, training, id) WHERE ended_at IS NULL;
CREATE INDEX case_open_flagged ON cases_case (id) WHERE ended_at IS NULL AND flags <> '[]';
CREATE INDEX case_open_place ON cases_case (x, y) INCLUDE (id, due_at, state, kind, training, imported, outside, public)
  WHERE ended_at IS NULL AND x IS NOT NULL;
"""
DROP = """
DROP INDEX case_open_place; DROP INDEX case_open_flagged; DROP INDEX case_open_age; DROP INDEX case_open_due;
DROP INDEX case_open_unit; DROP INDEX case_open_state;
CREATE INDEX case_open_state ON cases_case (state, due_at) WHERE ended_at IS NULL;
CREATE INDEX case_open_unit ON cases_case (unit_id, state, due_at) WHERE ended_at IS NULL AND unit_id IS NOT NULL;
CREATE INDEX case_open_place ON cases_case USING gist (point(x, y)) WHERE ended_at IS NULL AND x IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_lists")]

    operations = [migrations.RunSQL(MADE, DROP)]
