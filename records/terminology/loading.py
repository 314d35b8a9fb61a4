"""Loading a file into a list: the file is the list, whole or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from records.terminology.medicine_files import Row, Shape, Wrong, parse


@dataclass(frozen=True)
class Changes:
    """What loading a file changes, and the lines that keep it from being loaded."""

    new: tuple[Row, ...] = ()
    changed: tuple[Row, ...] = ()
    gone: tuple[Any, ...] = ()
    same: int = 0
    wrong: tuple[Wrong, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether the file can be loaded."""
        return not self.wrong

    @property
    def is_nothing(self) -> bool:
        """Whether the file says what is there already."""
        return not (self.new or self.changed or self.gone)


def changes_of(model: Any, text: str, known: Mapping[str, str]) -> Changes:
    """What loading `text` into `model` would change. Nothing is stored."""
    shape: Shape = model.SHAPE
    rows, wrong = parse(shape, text, known)
    if wrong:
        return Changes(wrong=tuple(wrong))
    stored = {shape.key(vars(obj)): obj for obj in model.objects.all()}
    new = [row for row in rows if shape.key(row) not in stored]
    kept = [(stored.pop(shape.key(row)), row) for row in rows if shape.key(row) in stored]
    changed = [row for obj, row in kept if _differs(obj, row)]
    return Changes(tuple(new), tuple(changed), tuple(stored.values()), len(kept) - len(changed))


@transaction.atomic
def load(model: Any, text: str, known: Mapping[str, str]) -> Changes:
    """Make the list of `model` what `text` says, unless a line is wrong: then nothing changes."""
    changes = changes_of(model, text, known)
    if changes.is_possible:
        model.objects.filter(pk__in=[obj.pk for obj in changes.gone]).delete()
        model.objects.bulk_create([model(**row) for row in changes.new])
        _update(model, changes.changed)
    return changes


def _update(model: Any, rows: Iterable[Row]) -> None:
    shape: Shape = model.SHAPE
    for row in rows:
        identity = {name: row[name] for name in shape.identity}
        model.objects.filter(**identity).update(**row)


def _differs(obj: models.Model, row: Row) -> bool:
    return any(getattr(obj, name) != value for name, value in row.items())
