"""A constraint or an index is entered into the rendered models, without rendering them again."""

import re

import pytest
from django.db import models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import AddConstraint, AddIndex, RemoveConstraint, RemoveIndex
from django.db.migrations.state import ModelState

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
