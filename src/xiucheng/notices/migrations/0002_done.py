"""Finished notices, partitioned by the month they were created in."""

from django.db import migrations

DONE = """
CREATE TABLE notice_done (
    id bigint NOT NULL,
    key varchar(120) NOT NULL,
    subject_kind varchar(20) NOT NULL,
    subject_key varchar(40) NOT NULL,
    recipient_kind varchar(12) NOT NULL,
    recipient_key varchar(40) NOT NULL,
    template varchar(40) NOT NULL,
    facts jsonb NOT NULL,
    state varchar(10) NOT NULL,
    attempts smallint NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    read_at timestamptz,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE notice_done_rest PARTITION OF notice_done DEFAULT;
CREATE INDEX notice_done_recipient ON notice_done (recipient_kind, recipient_key, created_at DESC);
CREATE INDEX notice_done_subject ON notice_done (subject_kind, subject_key);
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [migrations.RunSQL(DONE, "DROP TABLE notice_done")]
