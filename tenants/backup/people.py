"""The log-ins of a clinic's members: which facts travel, and whose they are where they arrive.

A log-in serves every clinic its owner belongs to, so a backup of one clinic changes none that is there: the
same key is the same person; otherwise the same e-mail is, where it was confirmed. Whoever is new gets a
log-in without a password, to be set by letter, and without a second factor: secrets of an installation do not
leave it. (The hash of the password travels only when the backup was made so, which must be encrypted.)
"""

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import models
from psycopg import sql

from clinic.models import pointing_at
from tenants.backup.container import damaged
from tenants.models import Organization

PEOPLE = """
SELECT u.id, u.email, u.name, u.is_active, u.anonymised_at, u.password,
    EXISTS (SELECT 1 FROM public.account_emailaddress e
        WHERE e.user_id = u.id AND e.email = u.email AND e.verified)
FROM public.accounts_user u WHERE u.id IN (SELECT {column} FROM {table}) ORDER BY u.id
"""
FACTS = ("id", "email", "name", "is_active", "anonymised_at", "password", "is_confirmed")


def pointers() -> Iterator[tuple[str, str]]:
    """The tables of a clinic that point to log-ins, and their columns: the member's alone (law 9)."""
    shared = {"account", "mfa", "accounts", "admin"}
    for field in pointing_at(get_user_model()):
        if field.model._meta.app_label not in shared:
            yield field.model._meta.db_table, field.column


def people_of(cursor: Any, *, with_passwords: bool) -> list[dict[str, Any]]:
    """The log-ins of the members in the schema at hand."""
    found: dict[str, dict[str, Any]] = {}
    for table, column in pointers():
        question = sql.SQL(PEOPLE).format(table=sql.Identifier(table), column=sql.Identifier(column))
        cursor.execute(question)
        for row in cursor.fetchall():
            person = dict(zip(FACTS, row, strict=True))
            person["id"] = str(person["id"])
            person["anonymised_at"] = person["anonymised_at"] and person["anonymised_at"].isoformat()
            person["password"] = person["password"] if with_passwords else ""
            found[person["id"]] = person
    return list(found.values())


def settle(people: list[dict[str, Any]], organization: Organization) -> dict[str, str]:
    """See that each person has a log-in here and a place in the clinic.

    Answers whose key is another one here. No log-in that somebody has confirmed is changed.
    """
    users = get_user_model().objects
    try:
        ids, emails = [person["id"] for person in people], [person["email"] for person in people]
        here = {str(key) for key in users.filter(pk__in=ids).values_list("pk", flat=True)}
        known = dict(users.filter(email__in=emails).values_list("email", "pk"))
        confirmed = _confirmed(known.values())
        others = {
            person["id"]: str(known[person["email"]])
            for person in people
            if person["id"] not in here and known.get(person["email"]) in confirmed
        }
        new = [person for person in people if person["id"] not in here | others.keys()]
        _let_go(known[person["email"]] for person in new if person["email"] in known)
        _make(new)
    except (KeyError, TypeError) as error:
        raise damaged() from error
    _affiliate([others.get(key, key) for key in ids], organization)
    return others


def _confirmed(keys: Iterable[Any]) -> set[Any]:
    """Those who have shown that the e-mail is theirs, or run the platform."""
    by_letter = EmailAddress.objects.filter(verified=True, email=models.F("user__email"))
    users = get_user_model().objects.filter(pk__in=list(keys))
    shown = models.Q(is_superuser=True) | models.Q(pk__in=by_letter.values("user_id"))
    return set(users.filter(shown).values_list("pk", flat=True))


def _let_go(keys: Iterable[Any]) -> None:
    """Take the address from a log-in that was made with it and never confirmed it (accounts.services)."""
    for squatter in get_user_model().objects.filter(pk__in=list(keys)):
        EmailAddress.objects.filter(user=squatter).delete()
        squatter.email = f"{squatter.pk}@unconfirmed.invalid"
        squatter.session_epoch += 1
        squatter.save(update_fields=["email", "session_epoch"])


def _make(people: list[dict[str, Any]]) -> None:
    model = get_user_model()
    facts = ("id", "email", "name", "is_active", "anonymised_at")
    users = [
        model(**{name: person[name] for name in facts}, password=person["password"] or make_password(None))
        for person in people
    ]
    model.objects.bulk_create(users)
    addresses = [
        EmailAddress(
            user_id=person["id"], email=person["email"], primary=True, verified=person["is_confirmed"]
        )
        for person in people
        if not person["anonymised_at"]
    ]
    EmailAddress.objects.bulk_create(addresses, ignore_conflicts=True)


def _affiliate(keys: list[str], organization: Organization) -> None:
    model = apps.get_model("accounts", "Affiliation")
    model.objects.bulk_create(
        [model(user_id=key, organization_id=organization.pk) for key in keys], ignore_conflicts=True
    )


# The row's trail says what was changed, as it would of any other change.
REWRITE = """
WITH changed AS (
    UPDATE {table} t SET {column} = n.now::uuid
    FROM unnest(%s::text[], %s::text[]) AS n (was, now) WHERE t.{column} = n.was::uuid
    RETURNING coalesce(to_jsonb(t) ->> 'id', to_jsonb(t) ->> 'member_id') AS key, n.was, n.now
)
SELECT audit_append('update', {name}, key, key::uuid, jsonb_build_object({label}, was),
    jsonb_build_object({label}, now), 'restore_organization') FROM changed
"""


def rewrite(cursor: Any, others: dict[str, str]) -> None:
    """Let members point to the log-ins that their people have here; while no rule acts."""
    if not others:
        return
    for table, column in pointers():
        statement = sql.SQL(REWRITE).format(
            table=sql.Identifier(table),
            column=sql.Identifier(column),
            name=sql.Literal(table),
            label=sql.Literal(column),
        )
        cursor.execute(statement, [list(others), list(others.values())])
