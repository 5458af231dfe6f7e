"""Reports with words of danger are understood and sent on before all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_foreign")]

    operations = [
        migrations.AddField("errand", "urgent", models.BooleanField(default=False, db_default=False)),
        migrations.RemoveIndex("errand", "cases_erran_kind_e21899_idx"),
        migrations.AddIndex("errand", models.Index(fields=["kind", "-urgent", "due_at"], name="errand_due")),
    ]
