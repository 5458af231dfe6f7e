"""The three administrators hold nothing else, signed handovers stay as they are: the database says so, too."""

from django.db import migrations

APART = """
CREATE FUNCTION people_administrators_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM people_posting p JOIN people_posting q ON q.account_id = p.account_id AND q.post <> p.post
      WHERE p.account_id = NEW.account_id AND p.post IN ('system_admin', 'security_admin', 'audit_admin')) THEN
    RAISE EXCEPTION 'an administrator holds no other post' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER people_administrators_apart AFTER INSERT OR UPDATE ON people_posting
  DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION people_administrators_apart();
CREATE FUNCTION people_handover_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a signed handover is never edited or deleted' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER people_handover_kept BEFORE UPDATE OR DELETE ON people_handover FOR EACH ROW
  WHEN (OLD.giver_signed_at IS NOT NULL AND OLD.taker_signed_at IS NOT NULL) EXECUTE FUNCTION people_handover_kept();
ALTER TABLE people_handover ADD CONSTRAINT handover_between_two CHECK (giver_id <> taker_id);
"""
BACK = """
ALTER TABLE people_handover DROP CONSTRAINT handover_between_two;
DROP FUNCTION people_handover_kept() CASCADE; DROP FUNCTION people_administrators_apart() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_lockout")]

    operations = [migrations.RunSQL(APART, BACK)]
