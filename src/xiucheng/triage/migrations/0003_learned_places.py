"""Names of places that confirmed cases teach."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triage", "0002_learn_again")]

    operations = [
        migrations.CreateModel(
            name="LearnedPlace",
            fields=[
                ("name", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("lng", models.FloatField()),
                ("lat", models.FloatField()),
                ("cases", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"verbose_name": "学到的地名", "verbose_name_plural": "学到的地名"},
        ),
    ]
