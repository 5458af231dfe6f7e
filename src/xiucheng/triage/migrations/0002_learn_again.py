"""Models of the older form are dropped: the worker learns a new one from the pack and the cases when it starts (重新学习)."""

from typing import Any

from django.db import migrations


def drop(apps: Any, schema_editor: Any) -> None:
    """Nothing is lost that is not learned again within seconds."""
    apps.get_model("triage", "Model").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial")]

    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
