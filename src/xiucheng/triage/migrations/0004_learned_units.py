"""Which unit people gave which matters to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triage", "0003_learned_places")]

    operations = [
        migrations.CreateModel(
            name="LearnedUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category_id", models.CharField(max_length=5)),
                ("street", models.CharField(blank=True, default="", max_length=12)),
                ("unit_id", models.BigIntegerField()),
                ("cases", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "学到的派遣",
                "verbose_name_plural": "学到的派遣",
                "constraints": [
                    models.UniqueConstraint(fields=("category_id", "street", "unit_id"), name="learned_unit_once")
                ],
            },
        ),
    ]
