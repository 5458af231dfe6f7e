"""Cases handed to another city's server (转出)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channel_open311", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Forward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_id", models.BigIntegerField()),
                ("peer", models.CharField(max_length=40)),
                ("request_id", models.CharField(blank=True, default="", max_length=80)),
                ("token", models.CharField(blank=True, default="", max_length=80)),
                ("status", models.CharField(blank=True, default="", max_length=200)),
                ("again", models.BigIntegerField(null=True)),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, default="", max_length=200)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "转出",
                "verbose_name_plural": "转出",
                "indexes": [
                    models.Index(condition=models.Q(("closed_at", None)), fields=["due_at"], name="forward_due")
                ],
                "constraints": [models.UniqueConstraint(fields=("case_id", "peer"), name="forward_once")],
            },
        ),
    ]
