"""Where rows say which person they belong to, found by walking the models."""

from functools import cache
from typing import Any, NamedTuple

from accounts.members.models import Member, PatientProfile
from clinic.db.current import connection
from clinic.models import pointing_at


class Reference(NamedTuple):
    """A column that holds a person's key, and the column by which its row is known."""

    table: str
    key: str
    column: str


# What names a person without a foreign key: a lower room knows nobody, and what is sent outlives rows.
BY_KEY_ALONE = (
    Reference("notifications_outboxmessage", "id", "member_id"),
    Reference("moving_importedrecord", "id", "record_id"),
    Reference("erasure_legalhold", "id", "patient_id"),
)
# Foreign keys of several columns: the child's, the parent's.
_COMPOSITE = """
SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, ARRAY(
    SELECT ARRAY[child.attname::text, parent.attname::text]
    FROM unnest(c.conkey, c.confkey) AS pair (child, parent)
    JOIN pg_attribute child ON child.attrelid = c.conrelid AND child.attnum = pair.child
    JOIN pg_attribute parent ON parent.attrelid = c.confrelid AND parent.attnum = pair.parent)
FROM pg_constraint c
WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND cardinality(c.conkey) > 1
ORDER BY c.conname
"""


class Bond(NamedTuple):
    """A child's row and its parent's belong to the same patient, by a key of several columns."""

    child: Reference
    parent: Reference
    # Of the other columns: the child's and the parent's.
    on: tuple[tuple[str, str], ...]


@cache
def references() -> tuple[Reference, ...]:
    """Every column that says whose a row is, or who did something; not the two rows of a person."""
    return (*_foreign_keys(), *BY_KEY_ALONE)


def _foreign_keys() -> list[Reference]:
    found = [*pointing_at(Member), *pointing_at(PatientProfile)]
    return sorted(_reference(field) for field in found if not field.primary_key)


def _reference(field: Any) -> Reference:
    table = field.model._meta
    return Reference(table.db_table, table.pk.column, field.column)


@cache
def bonds() -> tuple[Bond, ...]:
    """What must stay with what, as the database's own keys say."""
    known = {(each.table, each.column): each for each in references()}
    with connection.cursor() as cursor:
        cursor.execute(_COMPOSITE)
        rows = cursor.fetchall()
    return tuple(
        Bond(known[child, one], known[parent, other], tuple((a, b) for a, b in pairs if a != one))
        for child, parent, pairs in rows
        for one, other in pairs
        if (child, one) in known and (parent, other) in known
    )
