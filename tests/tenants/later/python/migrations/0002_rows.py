from typing import Any

from django.db import migrations


def write(apps: Any, schema_editor: Any) -> None:
    schema = schema_editor.connection.schema_name
    apps.get_model("idempotency", "SentForm").objects.using(schema_editor.connection.alias).create(
        key=f"made in {schema}", fingerprint=""
    )


class Migration(migrations.Migration):
    """What SQL recorded in one schema cannot repeat in another."""

    dependencies = [("idempotency", "0001_initial")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
