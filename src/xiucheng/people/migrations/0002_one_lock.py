"""Failed sign-ins are counted by allauth in a cache table that all processes share."""

from django.db import migrations

TABLE = """
CREATE TABLE shared_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [migrations.DeleteModel("Lockout"), migrations.RunSQL(TABLE, "DROP TABLE shared_cache")]
