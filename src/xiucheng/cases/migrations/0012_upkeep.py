"""How far a job over all old rows has come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_urgent")]

    operations = [
        migrations.CreateModel(
            name="Upkeep",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
                ("until", models.BigIntegerField()),
                ("changed", models.IntegerField(default=0)),
                ("faulty", models.IntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "例行维护", "verbose_name_plural": "例行维护"},
        ),
    ]
