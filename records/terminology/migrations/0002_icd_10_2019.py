"""ICD-10 in WHO's version of 2019: records/terminology/data/README.md names the source."""

import csv
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

LIST = Path(__file__).parent.parent / "data" / "icd_10_2019.csv"


def load(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """All codes in one statement: rows one by one would take half a minute."""
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO terminology_diagnosiscode (code, title) "
            "SELECT code, title FROM unnest(%s::text[], %s::text[]) AS listed (code, title)",
            [[row["code"] for row in rows], [row["title"] for row in rows]],
        )


class Migration(migrations.Migration):
    """The list belongs to the installation, not to one clinic."""

    dependencies = [("terminology", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
