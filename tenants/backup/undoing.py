"""A restore in place is taken back, or settled for good."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from clinic.erasure.services import apply_erasures
from clinic.notifications.models import OutboxMessage
from tenants import schemas
from tenants.backup.restoring import withdraw_letters
from tenants.backup.standing import as_the_site, end_as_owner, owner_cursor
from tenants.backup.swapping import (
    drop_files,
    drop_schema,
    exchange,
    moving_files,
    open_again,
    shut,
    wait_for_people,
)
from tenants.models import Erasure, Organization, Restore
from tenants.services.life import enter_in_trail


def take_back(restore: Restore, organization: Organization, by: Any) -> Restore:
    """Exchange what was restored for what was kept; what waited to be sent then is withdrawn."""
    schema = organization.schema_name
    with shut(organization), transaction.atomic(using=schemas.OWNER), as_the_site(), moving_files() as moves:
        locked: Restore = Restore.objects.locked(restore.pk)
        former = locked.kept_schema
        wait_for_people(schema)
        kept = exchange(schema, former)
        moves.exchange(schema, former, kept)
        _give_facts_back(organization, locked.report.get("former", {}))
        with tenant_context(organization), transaction.atomic():
            withdraw_letters(OutboxMessage.objects.filter(due_at__lte=timezone.now()))
            # Whoever was erased since is still there in what was kept.
            apply_erasures(Erasure.objects.all())
        enter_in_trail(organization, "undo_restore", by)
        locked.move("undo_restore", kept_schema=kept, ended_at=timezone.now())
        open_again(organization)
        end_as_owner()
    return locked


def _give_facts_back(organization: Organization, former: dict[str, str]) -> None:
    """What the clinic said of itself, and the version of its schema: a release may have come since."""
    columns: Any = Organization._meta
    for name, value in former.items():
        setattr(organization, name, columns.get_field(name).to_python(value))
    cursor = owner_cursor()
    cursor.execute("SELECT set_config('search_path', %s, true)", [organization.schema_name])
    cursor.execute("SELECT count(*) FROM django_migrations")
    (organization.schema_version,) = cursor.fetchone()
    organization.save(update_fields=[*former, "schema_version"])


def drop(restore: Restore, organization: Organization, by: Any) -> Restore:
    """Drop the kept schema and its files, and enter it in the clinic's trail."""
    with transaction.atomic(using=schemas.OWNER), as_the_site():
        locked: Restore = Restore.objects.locked(restore.pk)
        kept = locked.kept_schema
        locked.move("drop_kept_schema", kept_schema="", ended_at=timezone.now())
        enter_in_trail(organization, "drop_kept_schema", by)
        drop_schema(kept)
        end_as_owner()
    drop_files(kept)
    return locked
