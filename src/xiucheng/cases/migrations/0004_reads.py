"""Indexes for what cuts across the queues: requests that wait, cases with helpers, pictures that nobody has looked at."""

from django.db import migrations

READS = """
CREATE INDEX case_ask ON cases_case ((ask->>'stage')) WHERE ask IS NOT NULL;
CREATE INDEX case_helpers ON cases_case USING gin (helpers jsonb_path_ops) WHERE ended_at IS NULL AND helpers <> '[]';
CREATE INDEX case_task_pool ON cases_task (pool) WHERE done_at IS NULL AND account_id IS NULL;
CREATE INDEX case_task_person ON cases_task (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX picture_unseen ON cases_picture (id) WHERE public = 'hidden';
CREATE INDEX report_unseen ON cases_report (id) WHERE public = 'hidden';
"""
DROP = """
DROP INDEX case_ask; DROP INDEX case_helpers; DROP INDEX case_task_pool; DROP INDEX case_task_person;
DROP INDEX picture_unseen; DROP INDEX report_unseen;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_lean")]

    operations = [migrations.RunSQL(READS, DROP)]
