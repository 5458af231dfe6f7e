"""History partitioned by month and never edited; search by pairs of characters; indexes of the queues; case numbers."""

from django.db import migrations

HISTORY = """
CREATE SEQUENCE case_history_id_seq;
CREATE TABLE case_history (
    id bigint NOT NULL DEFAULT nextval('case_history_id_seq'),
    case_id bigint NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    act varchar(12) NOT NULL,
    step varchar(8) NOT NULL DEFAULT '',
    actor_kind varchar(10) NOT NULL,
    actor_key varchar(40) NOT NULL DEFAULT '',
    post varchar(16) NOT NULL DEFAULT '',
    from_state varchar(12) NOT NULL DEFAULT '',
    to_state varchar(12) NOT NULL,
    before jsonb NOT NULL DEFAULT '{}',
    after jsonb NOT NULL DEFAULT '{}',
    words text NOT NULL DEFAULT '',
    facts jsonb NOT NULL DEFAULT '{}',
    hash bytea NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE case_history_id_seq OWNED BY case_history.id;
CREATE TABLE case_history_rest PARTITION OF case_history DEFAULT;
CREATE INDEX case_history_case ON case_history (case_id, seq);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never edited or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER case_history_kept BEFORE UPDATE OR DELETE ON case_history FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_history_whole BEFORE TRUNCATE ON case_history EXECUTE FUNCTION refuse_change();

CREATE FUNCTION ensure_month(parent text, month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    part text := parent || '_' || to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent,
        first::timestamp AT TIME ZONE 'Asia/Shanghai', (first + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai');
END $$;
SELECT ensure_month('case_history', (date '2026-01-01' + make_interval(months => m))::date) FROM generate_series(0, 35) AS m;
"""

SEARCH = """
CREATE TABLE case_search (
    case_id bigint PRIMARY KEY REFERENCES cases_case (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    grams tsvector NOT NULL
);
CREATE INDEX case_search_grams ON case_search USING gin (grams);
"""

QUEUES = """
CREATE INDEX case_open_state ON cases_case (state, due_at) WHERE ended_at IS NULL;
CREATE INDEX case_open_unit ON cases_case (unit_id, state, due_at) WHERE ended_at IS NULL AND unit_id IS NOT NULL;
CREATE INDEX case_open_place ON cases_case USING gist (point(x, y)) WHERE ended_at IS NULL AND x IS NOT NULL;
CREATE INDEX case_ended_state ON cases_case (state, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_ended_unit ON cases_case (unit_id, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_ended_category ON cases_case (category_id, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_ended_street ON cases_case (street, opened_at DESC) WHERE ended_at IS NOT NULL;
CREATE INDEX case_opened ON cases_case (opened_at DESC);
CREATE INDEX case_main ON cases_case (main_case_id) WHERE main_case_id IS NOT NULL;
ALTER TABLE cases_case SET (fillfactor = 85);
"""

NUMBERS = """
CREATE SEQUENCE case_number_seq;
CREATE TABLE case_day (day date PRIMARY KEY, base bigint NOT NULL);
CREATE FUNCTION next_case_number(district text, d date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE b bigint; n text;
BEGIN
    SELECT base INTO b FROM case_day WHERE day = d;
    IF NOT FOUND THEN
        INSERT INTO case_day VALUES (d, nextval('case_number_seq')) ON CONFLICT DO NOTHING;
        SELECT base INTO b FROM case_day WHERE day = d;
    END IF;
    n := (nextval('case_number_seq') - b)::text;
    RETURN district || to_char(d, 'YYYYMMDD') || lpad(n, greatest(5, length(n)), '0');
END $$;
"""

DROP = """
DROP TABLE case_search;
DROP TABLE case_history;
DROP FUNCTION ensure_month(text, date);
DROP FUNCTION next_case_number(text, date);
DROP TABLE case_day;
DROP SEQUENCE case_number_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [migrations.RunSQL([HISTORY, SEARCH, QUEUES, NUMBERS], DROP)]
