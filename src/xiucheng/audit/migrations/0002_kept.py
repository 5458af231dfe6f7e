"""Audit rows are never edited or deleted."""

from django.db import migrations

KEPT = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never edited or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER audit_look_kept BEFORE UPDATE OR DELETE ON audit_look FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_change_kept BEFORE UPDATE OR DELETE ON audit_change
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION audit_refuse_change() CASCADE")]
