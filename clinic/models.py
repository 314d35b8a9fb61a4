"""What every model of the house is built on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import FieldError, ValidationError
from django.db import DatabaseError, IntegrityError, models, router, transaction
from django.db.models.constants import OnConflict
from django.db.models.fields import NOT_PROVIDED
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

if TYPE_CHECKING:
    from clinic.states import Transitions


class Refusal(Exception):
    """A rule said no. `message` is the sentence shown to the person, beside `field` where it has one."""

    def __init__(self, message: Any, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class EntityQuerySet(models.QuerySet):
    """Words that every model's rows understand."""

    def insert_unless_taken(self, obj: models.Model) -> bool:
        """Insert `obj` unless a constraint is in its way; say whether it was inserted.

        INSERT … ON CONFLICT DO NOTHING: plain INSERTs on an exclusion constraint deadlock under
        contention, this never did (DESIGN section 4).
        """
        obj._prepare_related_fields_for_save(  # type: ignore[attr-defined]
            operation_name="insert_unless_taken"
        )
        key = self.model._meta.pk
        rows = self._insert(  # type: ignore[attr-defined]
            [obj],
            fields=[field for field in self.model._meta.concrete_fields if _must_be_named(field, obj)],
            using=router.db_for_write(self.model),
            returning_fields=[key],
            on_conflict=OnConflict.IGNORE,
        )
        # For one object Django answers with one row, which is None when nothing was inserted.
        inserted = any(rows)
        if inserted:
            obj._state.adding, obj._state.db = False, router.db_for_write(self.model)
        return inserted

    def erase(self) -> int:
        """Delete the rows as they are, one statement; what still names them is for the database to find."""
        return self._raw_delete(self.db)

    def locked(self, pk: Any) -> Any:
        """The row `pk`, locked until the transaction ends. Raises DoesNotExist."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def locked_together(self, *keys: Any) -> dict[Any, Any]:
        """These rows by their keys, locked in one order, so that no two who want them wait for each other."""
        rows: Any = self.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        return {row.pk: row for row in rows}


def _must_be_named(field: models.Field, obj: models.Model) -> bool:
    """Whether an INSERT has to name the column; most of a new row's hold NULL, which they do unnamed."""
    is_null = field.null and field.db_default is NOT_PROVIDED and getattr(obj, field.attname) is None
    return not (field.generated or is_null)


class Entity(models.Model):
    """A row with a time-ordered UUID (version 7, RFC 9562) as its key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)

    objects = EntityQuerySet.as_manager()

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Any = None) -> None:
        """Check the constraints that can be checked with the fields at hand; the database checks all.

        A condition naming an excluded field makes Django 5.2 raise FieldError instead of skipping the
        constraint (ticket 36222).
        """
        problems: list[ValidationError] = []
        for model, constraints in self.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self, exclude=exclude)
                except FieldError:
                    continue
                except ValidationError as problem:
                    problems.append(problem)
        if problems:
            raise ValidationError(problems)


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The CHECK that `field` holds one of `choices`."""
    return models.CheckConstraint(
        condition=models.Q((f"{field}__in", choices.values)),
        name=name,
        violation_error_message=_("Choose one of the values offered."),
    )


def exactly_when(fact: str, status: str, values: Iterable[str], name: str) -> models.CheckConstraint:
    """The CHECK that the column `fact` is filled exactly when `status` is one of `values`."""
    holds = models.Q((f"{status}__in", list(values)))
    filled = models.Q((f"{fact}__isnull", False))
    return models.CheckConstraint(
        condition=(holds & filled) | (~holds & ~filled),
        name=name,
        violation_error_message=_("This state and its facts do not belong together."),
    )


@contextmanager
def relayed(model: type[models.Model], **sentences: Any) -> Iterator[None]:
    """Run the block in a savepoint and turn the database's refusal into a `Refusal`.

    The sentence is, in this order: `sentences[<constraint name>]`, the constraint's own
    violation_error_message, the sentence a trigger raised. Anything else is passed on as it is.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise refusal_of(model, error, sentences) from error
    except DatabaseError as error:
        if _sqlstate(error) != RULE_BROKEN:
            raise
        raise refusal_of(model, error, sentences) from error


# The SQLSTATE our triggers raise with (class 23, so that Django reports an IntegrityError).
RULE_BROKEN = "23R01"


def _sqlstate(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def refusal_of(model: type[models.Model], error: DatabaseError, sentences: dict[str, Any]) -> Refusal:
    """The refusal that stands for the database's `error` on `model`."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name in sentences:
        return Refusal(sentences[name])
    for constraint in model._meta.constraints:
        # Citus renames the constraints of a shard by adding a suffix.
        if name.startswith(constraint.name):
            fields = getattr(constraint, "fields", ())
            return Refusal(constraint.get_violation_error_message(), fields[-1] if fields else None)
    for field in model._meta.concrete_fields:
        if field.unique and name.startswith(f"{model._meta.db_table}_{field.column}"):
            own, stock = field.error_messages["unique"], models.Field.default_error_messages["unique"]
            return Refusal(own if own is not stock else _("This value is already in use."), field.name)
    if _sqlstate(error) == RULE_BROKEN:
        return Refusal(diagnosis.message_primary)
    return Refusal(_("This could not be stored: it contradicts what is already on record."))


class Stateful(models.Model):
    """A model whose `status` moves only along its `TRANSITIONS`."""

    TRANSITIONS: "Transitions"
    status: Any

    class Meta:
        abstract = True

    def move(self, verb: str, **facts: Any) -> Self:
        """Carry out `verb`: set the state it leads to and the facts that belong to it, and save both.

        Raises Refusal when the verb does not follow from the present state. The caller holds the row's
        lock (`locked`), so that two movers cannot both read the old state.
        """
        table = self.TRANSITIONS
        self.status = table.target(verb, self.status)
        for name, value in facts.items():
            setattr(self, name, value)
        with relayed(type(self)):
            self.save(update_fields=["status", *facts])
        return self

    @property
    def verbs(self) -> tuple[str, ...]:
        """What may be done from the present state."""
        return self.TRANSITIONS.verbs(self.status)


def pointing_at(model: type[models.Model]) -> list[Any]:
    """Every foreign key of the house that names rows of `model`."""
    relations = model._meta.get_fields(include_hidden=True)
    return [
        relation.field
        for relation in relations
        if isinstance(relation, models.ManyToOneRel) and relation.related_model._meta.managed
    ]
