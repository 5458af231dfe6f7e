"""What pictures look like, and how much each sign of the same problem counts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("triage", "0004_learned_units")]

    operations = [
        migrations.CreateModel(
            name="PictureLook",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("look", models.BigIntegerField(null=True)),
            ],
            options={"verbose_name": "照片指纹", "verbose_name_plural": "照片指纹"},
        ),
        migrations.CreateModel(
            name="TwinWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("decisions", models.PositiveIntegerField()),
                ("weights", models.JSONField()),
            ],
            options={"verbose_name": "并案权重", "verbose_name_plural": "并案权重"},
        ),
    ]
