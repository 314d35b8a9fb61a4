"""What becomes of each column that a patient has something in: each room declares its own in `erasure.py`.

Three moments. `identity`: at once, who the person was. `clinical` and `accounts`: when the time to keep
health records, and the papers of the accounts, is over (clinic.erasure.retention); until then these rows
stand under the pseudonym. Keys, times, states and amounts stay with a row: without the others they tell of
nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.db import connections, models
from django.utils.translation import gettext_lazy as _

IDENTITY, CLINICAL, ACCOUNTS = PHASES = ("identity", "clinical", "accounts")
PHASE_WORDS = {
    IDENTITY: _("Goes now"),
    CLINICAL: _("Goes when health records need no longer be kept"),
    ACCOUNTS: _("Goes when accounts need no longer be kept"),
}
# What a column holds afterwards: the database knows no others (migration 0002), none of a caller's choice.
NOTHING, EMPTY, WORD, NO_FACTS, NO_ITEMS = "null", "empty", "word", "json", "array"
PSEUDONYM, YEAR, UNKNOWN, INACTIVE = "pseudonym", "year", "unknown", "inactive"
# Of these the year stays as long as the health record: it is needed to read it by.
DAYS_OF_LIFE = ("date_of_birth", "deceased_on")
# A hop of the way from a row to its patient: the column, then the table and key it leads to, if it goes on.
Hop = tuple[str, ...]


class Step(NamedTuple):
    """What is entered to erase, and what the database looks up before it does (clinic.erasure.declared)."""

    phase: str
    table: str
    path: tuple[Hop, ...]
    columns: dict[str, str]
    is_delete: bool


# Who acted is taken out of the trail with the identity: no table of a room's.
OF_THE_TRAIL = Step(IDENTITY, "audit_auditevent", (), {}, is_delete=False)


@dataclass(frozen=True)
class Fate:
    """What becomes of a table's rows of a patient; `path` leads from the row to the patient."""

    model: type[models.Model]
    path: tuple[Hop, ...]
    # Per phase: the columns and what they hold afterwards.
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    # The phase in which the rows go whole, if they do.
    delete: str | None = None
    # Columns of words that stay for good, and why that tells of nobody.
    stays: tuple[str, ...] = ()
    # Whether the rows only hold another's key, without reference.
    is_beside: bool = False

    @property
    def table(self) -> str:
        """The table's name in the database."""
        return self.model._meta.db_table

    @property
    def kind(self) -> str:
        """Which retention holds these rows back: that of the last thing that happens to them."""
        if self.delete:
            return self.delete
        return next((phase for phase in (ACCOUNTS, CLINICAL) if self.columns.get(phase)), IDENTITY)

    def acts_in(self, phase: str) -> bool:
        """Whether anything is done to these rows then."""
        return self.delete == phase or bool(self.columns.get(phase))

    def step_in(self, phase: str) -> Step:
        """What is done to these rows then; rows that go whole need no column emptied."""
        is_delete = self.delete == phase
        columns = {} if is_delete else self.columns[phase]
        return Step(phase, self.table, self.path, columns, is_delete)


H = TypeVar("H", bound=Callable[[Any], Iterator[Any]])
A = TypeVar("A", bound=Callable[[Any, str], None])
P = TypeVar("P", bound=Callable[[Any, str, str], list[Path]])

_fates: list[Fate] = []
_hindrances: list[Callable[[Any], Iterator[Any]]] = []
_acts: list[Callable[[Any, str], None]] = []
_files: list[Callable[[Any, str, str], list[Path]]] = []


def fates() -> Sequence[Fate]:
    """Every declaration, in the order of the rooms."""
    return tuple(_fates)


def declare(
    model: type[models.Model],
    path: str,
    *,
    now: Sequence[str] = (),
    clinical: Sequence[str] = (),
    accounts: Sequence[str] = (),
    becomes: dict[str, str] | None = None,
    delete: str | None = None,
    stays: Sequence[str] = (),
) -> None:
    """Say what becomes of the patient's rows of `model`, which are found by `path` (fields joined by `__`).

    `now`, `clinical`, `accounts`: the fields emptied in each phase; `becomes`: what they hold afterwards
    where that is not simply nothing.
    """
    phases = {IDENTITY: now, CLINICAL: clinical, ACCOUNTS: accounts}
    becomes = becomes or {}
    columns = {
        phase: {_column(model, name): becomes.get(name) or _nothing(model, name, phase) for name in names}
        for phase, names in phases.items()
    }
    kept = tuple(_column(model, name) for name in stays)
    _fates.append(Fate(model, _hops(model, path), columns, delete, kept))
    if delete:
        # What an import noted of these rows: the key they had where they came from.
        _lead_to("moving.ImportedRecord", "record_id", model, path, delete)


def enter(fate: Fate) -> None:
    """The same, of rows that are found by a way no fields of theirs lead along."""
    _fates.append(fate)


def told_of(model: type[models.Model], path: str) -> None:
    """Letters, text messages and notifications about these rows go at once, whoever they were for."""
    for name in ("notifications.OutboxMessage", "inbox.Notification"):
        _lead_to(name, "about_id", model, path, IDENTITY)


def _lead_to(name: str, key: str, model: type[models.Model], path: str, phase: str) -> None:
    """Rows that only hold the key of another go with it, before it."""
    hop = (key, model._meta.db_table, str(model._meta.pk.column))
    _fates.append(Fate(apps.get_model(name), (hop, *_hops(model, path)), delete=phase, is_beside=True))


def stands_in_the_way(function: H) -> H:
    """A room's reasons why this patient cannot be erased yet: sentences that say what to do first."""
    _hindrances.append(function)
    return function


def hindrances(patient_id: Any) -> list[Any]:
    """Everything that has to be done before the patient can be erased."""
    return [sentence for function in _hindrances for sentence in function(patient_id)]


def also_does(function: A) -> A:
    """What a room does beside its columns when a person's identity goes: `(patient_id, using)`."""
    _acts.append(function)
    return function


def acts() -> Sequence[Callable[[Any, str], None]]:
    """What is done beside the columns."""
    return tuple(_acts)


def has_files(function: P) -> P:
    """A room's files that go in a phase: `(patient_id, phase, using)` answers their places."""
    _files.append(function)
    return function


def schema_of(using: str) -> str:
    """The schema that a connection stands in: the folder of the clinic's files is called like it."""
    connection: Any = connections[using]
    return str(connection.schema_name)


def files(patient_id: Any, phase: str, using: str) -> list[Path]:
    """The files that go with the rows of a phase."""
    return [path for function in _files for path in function(patient_id, phase, using)]


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def _nothing(model: type[models.Model], name: str, phase: str) -> str:
    field: Any = model._meta.get_field(name)
    if name in DAYS_OF_LIFE and phase == IDENTITY:
        return YEAR
    if field.null:
        return NOTHING
    if isinstance(field, models.JSONField):
        return NO_FACTS
    if field.get_internal_type() == "ArrayField":
        return NO_ITEMS
    return EMPTY if field.blank else WORD


def _hops(model: type[models.Model], path: str) -> tuple[Hop, ...]:
    hops: list[Hop] = []
    *through, last = path.split("__")
    for name in through:
        link: Any = model._meta.get_field(name)
        model = link.related_model
        hops.append((link.column, model._meta.db_table, str(model._meta.pk.column)))
    end = str(model._meta.pk.column) if last == "pk" else _column(model, last)
    return (*hops, (end,))
