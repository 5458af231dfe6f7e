"""Urgent notices first; an index for what climbs or is put away; months of the archive made ahead."""

from django.db import migrations, models

MONTHS = """
CREATE FUNCTION ensure_notice_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    part text := 'notice_done_' || to_char(first, 'YYYYMM');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF notice_done FOR VALUES FROM (%L) TO (%L)', part,
        first::timestamp AT TIME ZONE 'Asia/Shanghai', (first + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai');
END $$;
SELECT ensure_notice_month((date '2026-01-01' + make_interval(months => m))::date) FROM generate_series(0, 35) AS m;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_done")]

    operations = [
        migrations.RemoveIndex("notice", "notice_due"),
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["-urgent", "due_at"],
                name="notice_due",
                condition=models.Q(state__in=["queued", "sending", "unknown"]),
            ),
        ),
        migrations.AddIndex(
            "notice",
            models.Index(
                fields=["due_at"],
                name="notice_settled",
                condition=models.Q(state__in=["accepted", "delivered", "read", "failed", "unknown"]),
            ),
        ),
        migrations.RunSQL(MONTHS, "DROP FUNCTION ensure_notice_month(date)"),
    ]
