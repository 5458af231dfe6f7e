"""Indexes that a report pays for and nobody reads: the text-pattern twins (the locale is C) and a second one on the main case."""

import django.db.models.deletion
from django.db import migrations, models

DROP = """
DO $$
DECLARE twin text;
BEGIN
    FOR twin IN SELECT indexrelid::regclass::text FROM pg_index
        WHERE indrelid IN ('cases_case'::regclass, 'cases_deed'::regclass, 'cases_report'::regclass)
          AND indexrelid::regclass::text LIKE '%\\_like'
    LOOP EXECUTE format('DROP INDEX %s', twin); END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_history")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="main_case",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followers",
                to="cases.case",
                verbose_name="主案件",
            ),
        ),
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
