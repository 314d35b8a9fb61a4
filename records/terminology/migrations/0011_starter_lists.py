"""The starter lists of medicines, so that no installation begins with nothing to check against."""

from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from records.terminology.medicine_files import INTERACTIONS, NAMES, SUBSTANCES, parse

LISTS = Path(__file__).parent.parent / "data" / "medicines"
MODELS = {"Substance": SUBSTANCES, "MedicineName": NAMES, "Interaction": INTERACTIONS}


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """All lines of the three files; a wrong one stops the migration."""
    known: dict[str, str] = {}
    for name, shape in MODELS.items():
        text = (LISTS / f"{shape.name}.csv").read_text(encoding="utf-8")
        rows, wrong = parse(shape, text, known)
        if wrong:
            raise ValueError(f"{shape.name}.csv: {wrong[0]}")
        known = known or {row["key"]: row["kind"] for row in rows}
        model = apps.get_model("terminology", name)
        model.objects.using(schema_editor.connection.alias).bulk_create([model(**row) for row in rows])


class Migration(migrations.Migration):
    """The lists belong to the installation; `manage.py load_medicines` replaces them."""

    dependencies = [("terminology", "0010_medicines")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
