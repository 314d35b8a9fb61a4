"""A backup becomes a clinic again: a new one, or in place of what a clinic holds now.

All of it is one transaction of the owner, checked before it is committed; whatever is not as the manifest
says, and whatever does not hold, takes everything back, files included.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import tenant_context
from psycopg import sql

from clinic.erasure.services import apply_erasures
from clinic.models import Refusal, relayed
from clinic.notifications.models import OutboxMessage
from tenants import schemas, versions
from tenants.backup import loading, people, table, tables
from tenants.backup.checking import check_backup, lacking
from tenants.backup.container import Unfit, damaged, too_new
from tenants.backup.making import OWN_FACTS, Say, folder_of, in_short, own_facts
from tenants.backup.standing import as_the_site, end_as_owner, owner_cursor
from tenants.backup.swapping import exchange, moving_files, open_again, shut, wait_for_people
from tenants.models import (
    Domain,
    Erasure,
    Logo,
    Organization,
    PlatformPolicy,
    ReadySchema,
    Restore,
    generated_schema_name,
)
from tenants.services.life import enter_in_trail

# What the platform decides about a clinic that is there stays as it is.
NOT_IN_PLACE = {"country", "currency", "time_zone", "support_forbidden_at"}
FIXED = ("currency", "time_zone")


class Erased(NamedTuple):
    """A line of the ledger of another installation (tenants.Erasure)."""

    patient: UUID
    what: str


def read_erasures(text: str) -> list[Erased]:
    """The lines of a file: objects with `patient` and `what`, as `tenants.Erasure` has. Raises Unfit."""
    known = set(Erasure.What.values)
    try:
        found = [Erased(UUID(line["patient"]), line["what"]) for line in json.loads(text)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _no_erasures() from error
    if {line.what for line in found} - known:
        raise _no_erasures()
    return found


def _no_erasures() -> Unfit:
    return Unfit(_("This is no list of erasures: each has a patient's key and what was erased."))


@dataclass
class Order:
    """What is to be restored, and by whom."""

    restore: Restore
    path: Path
    password: str = ""
    by: Any = None
    # Erasures from another installation, beside those that this one remembers.
    erasures: list["Erased"] = field(default_factory=list)
    say: Say = lambda done, of: None
    manifest: dict[str, Any] = field(default_factory=dict)


def carry_out(order: Order) -> Organization:
    """Restore, wholly or not at all. Raises Refusal with the reason."""
    order.manifest = check_backup(order.path, order.password)
    lacking(order.manifest)
    with _schema(order.manifest) as schema:
        if order.restore.is_in_place:
            return _in_place(order, schema)
        return _as_new(order, schema)


@contextmanager
def _schema(manifest: dict[str, Any]) -> Iterator[str]:
    """The name of a schema to load into; when the block fails, no file of it is left.

    Where it can be, it is made beforehand: a new table that points to log-ins keeps everybody from changing
    theirs until its transaction ends. It counts as version 0, which no clinic claims, and after a failure as
    one that is ready (once it is migrated, if it is of an earlier release).
    """
    name, script = generated_schema_name(), loading.script_of(manifest)
    if script:
        with transaction.atomic(using=schemas.OWNER):
            schemas.create_schema(name, script)
            ReadySchema(schema_name=name, schema_version=0).save(using=schemas.OWNER, force_insert=True)
    try:
        yield name
    except BaseException:
        shutil.rmtree(folder_of(name), ignore_errors=True)
        ready = ReadySchema.objects.using(schemas.OWNER).filter(schema_name=name)
        ready.update(schema_version=len(script.migrations) if script else 0)
        raise


def _as_new(order: Order, schema: str) -> Organization:
    with transaction.atomic(using=schemas.OWNER), as_the_site():
        loaded = _loaded(order, schema)
        organization = _found(order, loaded, schema)
        _finish(order, loaded, schema, organization)
        with tenant_context(organization), transaction.atomic():
            letters = withdraw_letters(OutboxMessage.objects.all())
            table.calm_copy()
        erased = _prove(order, organization)
        # Nothing is booked, sent or charged until somebody of the platform reopens it; nobody is told so.
        organization.move("suspend_organization", status_since=None)
        _note(order, organization, letters=letters, erased=erased)
        end_as_owner()
    return organization


def _in_place(order: Order, schema: str) -> Organization:
    organization = Organization.objects.get(restores=order.restore)
    with shut(organization), transaction.atomic(using=schemas.OWNER), as_the_site(), moving_files() as moves:
        wait_for_people(organization.schema_name)
        loaded = _loaded(order, schema)
        former = _take_facts(organization, loaded)
        _finish(order, loaded, schema, organization)
        _keep_sent_letters(schema, organization.schema_name)
        kept = exchange(organization.schema_name, schema)
        moves.exchange(organization.schema_name, schema, kept)
        with tenant_context(organization), transaction.atomic():
            letters = withdraw_letters(OutboxMessage.objects.filter(due_at__lte=timezone.now()))
        erased = _prove(order, organization)
        _note(order, organization, kept, letters=letters, erased=erased, former=former)
        open_again(organization)
        end_as_owner()
    return organization


def _loaded(order: Order, schema: str) -> loading.Loaded:
    made, _counts = ReadySchema.objects.filter(schema_name=schema).delete()
    if not made:
        loading.early_schema(schema, order.manifest)
    return loading.load(schema, order.path, order.password, order.manifest, order.say)


def _found(order: Order, loaded: loading.Loaded, schema: str) -> Organization:
    """The clinic's row, its address and its pictures; it begins on trial like any other."""
    now, policy = timezone.now(), PlatformPolicy.objects.current()
    facts = _facts(loaded)
    organization = Organization(
        label=order.restore.label, schema_name=schema, schema_version=versions.needed(), **facts
    )
    try:
        organization.clean_fields()
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], name) from error
    with relayed(Organization):
        organization.save(force_insert=True)
    with relayed(Domain):
        Domain(domain=f"{organization.label}.{settings.PLATFORM_DOMAIN}", tenant=organization).save()
    _add_logos(organization, loaded)
    return organization.move("open_organization", trial_ends_at=now + policy.trial, status_since=now)


def _facts(loaded: loading.Loaded) -> dict[str, Any]:
    if loaded.clinic.keys() - {*OWN_FACTS}:
        raise too_new()
    columns: Any = Organization._meta
    try:
        return {name: columns.get_field(name).to_python(value) for name, value in loaded.clinic.items()}
    except ValidationError as error:
        raise damaged() from error


def _add_logos(organization: Organization, loaded: loading.Loaded) -> None:
    if any(hashlib.sha256(content).hexdigest() != digest for digest, content in loaded.logos.items()):
        raise damaged()
    logos = [
        Logo(organization=organization, digest=digest, content=content)
        for digest, content in loaded.logos.items()
    ]
    Logo.objects.bulk_create(logos, ignore_conflicts=True)


def _take_facts(organization: Organization, loaded: loading.Loaded) -> dict[str, Any]:
    """Let the clinic say of itself what it said then; answer what it said until now, for the way back."""
    facts = _facts(loaded)
    if any(facts[name] != getattr(organization, name) for name in FIXED):
        raise Unfit(_("The clinic has changed its currency or time zone since. Restore it as a new clinic."))
    _add_logos(organization, loaded)
    taken = sorted(facts.keys() - NOT_IN_PLACE)
    former = {name: value for name, value in own_facts(organization).items() if name in taken}
    for name in taken:
        setattr(organization, name, facts[name])
    organization.schema_version = versions.needed()
    organization.save(update_fields=[*taken, "schema_version"])
    return former


def _finish(order: Order, loaded: loading.Loaded, schema: str, organization: Organization) -> None:
    others = people.settle(loaded.people, organization)
    cursor = owner_cursor()
    tables.set_ways(cursor, schema)
    people.rewrite(cursor, others)
    loading.finished(schema, order.manifest)
    loading.check_schema(schema)
    loading.check_content(schema, order.manifest, loaded.heads)


def withdraw_letters(letters: Any) -> int:
    """Withdraw what waits to be sent: the clinic it is of has sent it, or will."""
    letters.filter(status="sending").update(status="uncertain")
    waiting = letters.filter(status__in=["queued", "uncertain"]) | letters.filter(
        status="failed", retry_at__isnull=False
    )
    return int(waiting.update(status="void", retry_at=None))


# Sent since the backup was made: their rows stay, so that the same is not written again.
SENT = """
INSERT INTO {new}.{outbox} ({columns}) SELECT {columns} FROM {old}.{outbox}
WHERE status IN ('sent', 'sending', 'uncertain') ON CONFLICT DO NOTHING
"""


def _keep_sent_letters(schema: str, former: str) -> None:
    """Where the clinic's own tables are those of today: an unserved clinic lacks a migration."""
    cursor = owner_cursor()
    tables.set_ways(cursor, former)
    name = OutboxMessage._meta.db_table
    columns = tables.columns_of(cursor).get(name)
    tables.set_ways(cursor, schema)
    if columns != tables.columns_of(cursor)[name]:
        return
    outbox = sql.Identifier(name)
    cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(outbox))
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    spaces = {"new": sql.Identifier(schema), "old": sql.Identifier(former)}
    cursor.execute(sql.SQL(SENT).format(outbox=outbox, columns=listed, **spaces))
    cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(outbox))


def _prove(order: Order, organization: Organization) -> int:
    """Erase again who was erased, ask every room for what does not hold, enter the restore in the trail."""
    entries: list[Any] = [*Erasure.objects.all(), *order.erasures]
    with tenant_context(organization), transaction.atomic():
        erased = apply_erasures(entries)
        loading.refuse_problems(list(table.problems()))
    enter_in_trail(organization, "restore_organization", order.by)
    return erased


def _note(order: Order, organization: Organization, kept: str = "", **report: Any) -> None:
    facts = {**in_short(order.manifest), "clinic": order.manifest["clinic"]}
    restore = Restore.objects.locked(order.restore.pk)
    restore.move(
        "finish_restore",
        organization=organization,
        ended_at=timezone.now(),
        kept_schema=kept,
        secret="",
        report={**facts, **report},
    )
    order.restore.refresh_from_db()


def refusal_in(error: BaseException) -> str:
    """What is written down of a failure: the sentence of a refusal, otherwise only its kind."""
    return str(error.message) if isinstance(error, Refusal) else type(error).__name__
