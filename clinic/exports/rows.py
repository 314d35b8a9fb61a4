"""Which rows of which tables are given out: all of the clinic's, or those that belong to one patient.

A row belongs to a patient when one of its own references says so, or when what it is a part of does: the
line of an invoice to whom the invoice belongs. Whoever merely wrote it is not meant: of the references to a
member only `member` (whom it is for) and `guardian` count.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.exports.models import Export
from clinic.exports.table import LEFT_OUT, SECRET, WHOSE, WITHHELD, Given

CHUNK = 1000
# What marks a row that the patient is not shown.
SENSITIVE = "is_sensitive"
# References to a member that say whose the row is, and not who did it.
OF_MEMBER = ("member", "guardian")


def patient_model() -> type[models.Model]:
    """The patient's file; by the reference, since this room knows no other."""
    return Export._meta.get_field("patient").related_model


def member_model() -> type[models.Model]:
    """The person."""
    return Export._meta.get_field("asked_by").related_model


@cache
def tables() -> tuple[type[models.Model], ...]:
    """Every table of a clinic that is given out."""
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    found = [model for model in apps.get_models() if model._meta.app_label in labels]
    return tuple(model for model in found if model._meta.label not in LEFT_OUT)


@cache
def ways_to_patient(model: type[models.Model]) -> tuple[str, ...]:
    """The lookups by which a row is one patient's; empty where it is nobody's."""
    if model in (patient_model(), member_model()):
        return ("pk",)
    if column := WHOSE.get(model._meta.label):
        return (column,)
    own = [field.name for field in _references(model) if _is_own(field)]
    if own:
        # Beside the patient somebody else may be named: where money went to. The row is not theirs.
        return ("patient",) if "patient" in own else tuple(own)
    return _through(model, frozenset())


def _references(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.is_relation and field.related_model]


def _is_own(field: Any) -> bool:
    if field.related_model is patient_model():
        return True
    return field.related_model is member_model() and field.name in OF_MEMBER


def _through(model: type[models.Model], seen: frozenset[Any]) -> tuple[str, ...]:
    """By the shortest way over what the row is a part of."""
    found: list[str] = []
    for field in _references(model):
        target: Any = field.related_model
        if target in seen or target in (member_model(), model) or _is_person(target):
            continue
        ways = [each.name for each in _references(target) if _is_own(each)]
        ways = ways or list(_through(target, seen | {model}))
        found += [f"{field.name}__{way}" for way in ways]
    shortest = min((way.count("__") for way in found), default=0)
    return tuple(way for way in found if way.count("__") == shortest)[:1]


def _is_person(model: type[models.Model]) -> bool:
    """A profile of somebody: whoever works here did something, which does not make it theirs."""
    key: Any = model._meta.pk
    return key.is_relation and key.related_model is member_model() and model is not patient_model()


@cache
def way_to_sensitive(model: type[models.Model]) -> str:
    """The lookup of the mark that keeps a row from its patient; empty where there is none."""
    if SENSITIVE in {field.name for field in model._meta.concrete_fields}:
        return SENSITIVE
    for field in _references(model):
        target: Any = field.related_model
        if target is not model and SENSITIVE in {each.name for each in target._meta.concrete_fields}:
            return f"{field.name}__{SENSITIVE}"
    return ""


def all_of(model: Any) -> models.QuerySet:
    """Every row of a table."""
    return models.QuerySet(model)


def rows_of(model: type[models.Model], given: Given) -> models.QuerySet | None:
    """The rows that are given out; None where the table holds nothing of a single patient."""
    found = all_of(model)
    if given.is_whole:
        return found
    ways = ways_to_patient(model)
    if not ways or model._meta.label in WITHHELD:
        return None
    belongs = Q()
    for way in ways:
        belongs |= Q((way, given.patient.pk))
    found = found.filter(belongs)
    mark = way_to_sensitive(model)
    return found.exclude((mark, True)) if mark and not given.with_sensitive else found


def held_back(given: Given) -> dict[str, int]:
    """How many rows of each table the patient is not given because somebody marked them."""
    counts = {model._meta.db_table: found.count() for model, found in _marked(given)}
    return {name: count for name, count in counts.items() if count}


def sensitive_keys(given: Given) -> set[Any]:
    """The keys of those rows."""
    return {key for _model, found in _marked(given) for key in found.values_list("pk", flat=True)}


def _marked(given: Given) -> Iterator[tuple[type[models.Model], models.QuerySet]]:
    if given.is_whole or given.with_sensitive:
        return
    for model in tables():
        whole = rows_of(model, Given(given.patient, with_sensitive=True))
        if whole is not None and way_to_sensitive(model) == SENSITIVE:
            yield model, whole.filter(**{SENSITIVE: True})


@cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """The columns that are given out: all but the computed ones and those that open something."""
    hidden = SECRET.get(model._meta.label, frozenset())
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    return tuple(
        field.attname for field in fields if field.attname not in hidden and field.name not in hidden
    )


def read(found: models.QuerySet, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of their keys, a thousand at a time: no table is in memory whole."""
    for row in _paged(found.values_list("pk", *columns), lambda row: row[0]):
        yield row[1:]


def objects(found: models.QuerySet) -> Iterator[Any]:
    """The same rows as objects."""
    yield from _paged(found, lambda row: row.pk)


def _paged(found: models.QuerySet, key: Callable[[Any], Any]) -> Iterator[Any]:
    ordered, last = found.order_by("pk"), None
    while True:
        page = list((ordered if last is None else ordered.filter(pk__gt=last))[:CHUNK])
        yield from page
        if len(page) < CHUNK:
            return
        last = key(page[-1])


class Pointers:
    """Notes what a patient's rows point to, so that no key in the copy leads nowhere."""

    def __init__(self) -> None:
        self.people: set[Any] = set()
        self._new: dict[type[models.Model], set[Any]] = {}
        self._told: dict[type[models.Model], set[Any]] = {}

    def note(self, model: type[models.Model], row: dict[str, Any]) -> None:
        """Note where this row points to."""
        for field in _pointing(model):
            key = row.get(field.attname)
            if key is None:
                continue
            if field.related_model is member_model() or _is_person(field.related_model):
                self.people.add(key)
            elif key not in self._told.get(field.related_model, ()):
                self._new.setdefault(field.related_model, set()).add(key)

    def next(self) -> tuple[type[models.Model], set[Any]] | None:
        """A table and the keys of it that were noted since it was asked for; None when there is none."""
        if not self._new:
            return None
        model = min(self._new, key=lambda one: one._meta.db_table)
        keys = self._new.pop(model)
        self._told.setdefault(model, set()).update(keys)
        return model, keys


@cache
def _pointing(model: type[models.Model]) -> tuple[Any, ...]:
    """References to what is nobody's own, and to people."""
    return tuple(field for field in _references(model) if _is_told(field.related_model))


def _is_told(target: Any) -> bool:
    if target is member_model() or _is_person(target):
        return True
    return not ways_to_patient(target) and target in tables()
