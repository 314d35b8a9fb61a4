"""Models are rendered no more often than what is done to the tables asks for, and the SQL is Django's own."""

import re
from typing import Any

import pytest
from django.db import connections, models
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import AddField, AlterField, RenameField
from django.db.migrations.operations.models import (
    AddConstraint,
    AddIndex,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.state import ModelState, ProjectState

from tenants import schemas
from tenants.rendering import LeanState

POSITIVE = models.CheckConstraint(condition=models.Q(size__gt=0), name="positive")
BY_SIZE = models.Index(fields=["size"], name="by_size")


@pytest.mark.parametrize(
    ("option", "adding", "removing"),
    [
        ("constraints", AddConstraint("box", POSITIVE), RemoveConstraint("box", "positive")),
        ("indexes", AddIndex("box", BY_SIZE), RemoveIndex("box", "by_size")),
    ],
)
def test_a_rendered_model_is_told_and_stays(option: str, adding: Operation, removing: Operation) -> None:
    state = LeanState()
    fields = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]
    state.add_model(ModelState("attic", "Box", fields))
    rendered = state.apps.get_model("attic", "box")
    for operation, left in ((adding, 1), (removing, 0)):
        operation.state_forwards("attic", state)
        assert state.apps.get_model("attic", "box") is rendered
        assert len(getattr(rendered._meta, option)) == left
        assert len(state.models["attic", "box"].options[option]) == left


ID = ("id", models.BigAutoField(primary_key=True))
SIZE = ("size", models.IntegerField())
TO_SHELF = models.ForeignKey("idempotency.shelf", models.PROTECT)
BY_CODE = models.ForeignKey("idempotency.shelf", models.CASCADE, "+", to_field="code")
# Of an app that is installed, each in a migration of its own, and which of them Django's own way is left to.
HISTORY: list[tuple[Operation, bool]] = [
    (CreateModel("Shelf", [ID, SIZE]), True),
    (CreateModel("Box", [ID, SIZE, ("shelf", TO_SHELF)]), True),
    (AddField("shelf", "code", models.CharField(max_length=5, unique=True, default="")), True),
    (AddField("box", "next", models.ForeignKey("self", models.CASCADE, null=True)), True),
    (AddConstraint("box", POSITIVE), True),
    (AlterField("box", "size", models.BigIntegerField(default=2)), True),
    (AddField("box", "coded", BY_CODE), True),
    (AlterField("shelf", "code", models.CharField(max_length=9, unique=True)), False),
    (AlterField("shelf", "id", models.CharField(max_length=9, primary_key=True)), False),
    (RenameField("shelf", "code", "name"), False),
    (RemoveConstraint("box", "positive"), True),
    (AddIndex("box", BY_SIZE), True),
]


def test_what_is_done_to_tables_is_the_same_sql_as_djangos_own(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    """What neighbours have to follow is left to Django; the rest needs no more than the model itself."""
    lean, usual = LeanState(), ProjectState()
    for number, (operation, is_lean) in enumerate(HISTORY):
        migration = Migration(str(number), "idempotency")
        migration.operations = [operation]
        lean.prepare(migration)
        assert lean.is_lean is is_lean
        said = [said_of(migration, state, django_db_blocker) for state in (lean, usual)]
        assert said[0] == said[1]
        assert said[0]


def said_of(migration: Migration, state: ProjectState, blocker: Any) -> list[str]:
    assert state.apps
    editor = connections["owner"].schema_editor(collect_sql=True, atomic=False)
    with blocker.unblock(), editor:
        migration.apply(state, editor)
    return editor.collected_sql


@pytest.mark.long
@pytest.mark.usefixtures("committed")
def test_it_says_to_the_database_what_djangos_own_way_says(monkeypatch: pytest.MonkeyPatch) -> None:
    lean = schemas._record_script()
    monkeypatch.setattr(schemas, "LeanExecutor", MigrationExecutor)
    usual = schemas._record_script()
    assert [same(statement) for statement in lean.statements] == [same(other) for other in usual.statements]
    assert lean.catalog == usual.catalog


def same(statement: str) -> str:
    """A statement without the keys that are made as it is."""
    return re.sub(r"'[0-9a-f]{32}'", "'<made>'", statement)
