"""How a service stores a person: what the model says of each value is asked before the database is."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.members.models import Member
from clinic.models import Refusal, relayed

PERSON = frozenset({"given_name", "family_name", "email", "phone"})


def parted(facts: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts about the person, and those about what the person is here."""
    person = {name: value for name, value in facts.items() if name in PERSON}
    rest = {name: value for name, value in facts.items() if name not in PERSON}
    return person, rest


def store(obj: models.Model, fields: Iterable[str] | None = None) -> Any:
    """Save `obj` (only `fields`, if given). Raises Refusal with the field that is wrong."""
    checked(obj)
    with relayed(type(obj)):
        if fields is None:
            obj.save(force_insert=True)
        else:
            obj.save(update_fields=list(fields))
    return obj


def checked(obj: models.Model) -> None:
    """Ask the model what it says of each value. Raises Refusal with the field that is wrong."""
    relations = {field.name for field in obj._meta.concrete_fields if field.is_relation or field.generated}
    try:
        obj.clean_fields(exclude=relations)
        obj.clean()
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise Refusal(messages[0], None if field == "__all__" else field) from problem


def change(obj: models.Model, facts: dict[str, Any]) -> Any:
    """Set and save `facts`; nothing is written when nothing is new."""
    changed = [name for name, value in facts.items() if getattr(obj, name) != value]
    for name in changed:
        setattr(obj, name, facts[name])
    return store(obj, changed) if changed else obj


def make_member(role: str, person: dict[str, Any], **facts: Any) -> Member:
    """Store a new member in `role`."""
    return store(Member(role=role, **person, **facts))
