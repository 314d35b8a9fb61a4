"""Backups of clinics: asked for, made, carried away, removed, restored, and a restore taken back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import MultiFernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from psycopg import sql

from clinic.models import Refusal, relayed
from clinic.safes import safe_for
from tenants.backup.checking import digest_of
from tenants.backup.container import sealing
from tenants.backup.making import Say, in_short, make_backup
from tenants.backup.restoring import Erased, Order, carry_out, refusal_in
from tenants.backup.undoing import drop, take_back
from tenants.models import Backup, Organization, Restore
from tenants.services.life import enter_in_trail
from tenants.services.support import FORBIDDEN

# As for log-ins: what is guessed at leisure must not be short (NIST SP 800-63B-4, 3.1.1.2).
SHORTEST_PASSWORD = 15


def backup_folder() -> Path:
    """Where backups lie; only the system's own account enters."""
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def new_name(organization: Organization) -> str:
    """What the file of a backup is called that is asked for now."""
    return f"{organization.label}-{timezone.now():%Y%m%d-%H%M%S}.backup"


@transaction.atomic
def ask_for_backup(
    organization: Organization, *, by: Any, password: str = "", is_nightly: bool = False
) -> Backup:
    """Ask the worker for a backup of the clinic; the clinic's trail says who asked. Raises Refusal."""
    if organization.status == Organization.Status.PROVISIONING:
        raise Refusal(_("This clinic is still being set up."))
    if organization.dropped_at:
        raise Refusal(_("Nothing is left of this clinic: it was dropped."))
    _refuse_short(password)
    backup = Backup(
        organization=organization,
        asked_by=str(by or ""),
        file_name=new_name(organization),
        is_encrypted=bool(password),
        is_nightly=is_nightly,
        secret=_sealed(password),
    )
    with relayed(Backup):
        backup.save(force_insert=True)
    enter_in_trail(organization, "ask_for_backup", by)
    app.configure_task("tenants.make_backup").defer(backup_id=str(backup.pk))
    return backup


def _refuse_short(password: str) -> None:
    if password and len(password) < SHORTEST_PASSWORD:
        raise Refusal(_("A password of a backup has 15 characters or more."), "password")


def make_backup_asked_for(backup_id: UUID | str) -> None:
    """Make the backup that was asked for, in the worker; what goes wrong is written down."""
    with transaction.atomic():
        backup = Backup.objects.locked(backup_id).move("begin_backup", started_at=timezone.now())
    path = backup_folder() / backup.file_name
    try:
        path.unlink(missing_ok=True)
        password = _opened(backup.secret)
        sealed = sealing(password) if password else None
        with _telling(backup) as say:
            manifest = make_backup(backup.organization, path, sealed=sealed, say=say)
    except Exception as error:
        backup.move("fail_backup", ended_at=timezone.now(), problem=refusal_in(error), secret="")
        raise
    facts = {"size": path.stat().st_size, "sha256": digest_of(path)}
    backup.move("finish_backup", ended_at=timezone.now(), secret="", report=in_short(manifest), **facts)


@contextmanager
def _telling(work: Backup | Restore) -> Iterator[Say]:
    """Write down how far it has come, past the transaction it is done in: that one shows nothing yet."""
    teller = connections.create_connection("default")
    statement = sql.SQL("UPDATE {} SET done_parts = %s, all_parts = %s WHERE id = %s")
    named = statement.format(sql.Identifier(work._meta.db_table)).as_string(None)

    def say(done: int, of: int) -> None:
        with teller.cursor() as cursor:
            cursor.execute(named, [done, of, work.pk])

    try:
        yield say
    finally:
        teller.close()


@transaction.atomic
def carry_backup_away(backup: Backup, *, by: Any) -> Path:
    """Where the file lies, for whoever of the platform takes it along; the clinic reads in its trail who did.

    Refused where the clinic lets nobody of the platform in, and for one that is not encrypted: whoever finds
    the file could read every record.
    """
    organization = backup.organization
    if organization.support_forbidden_at:
        raise Refusal(FORBIDDEN)
    path = backup_folder() / backup.file_name
    if backup.status != Backup.Status.READY or not path.exists():
        raise Refusal(_("There is no file of this backup."))
    if not backup.is_encrypted:
        raise Refusal(_("Only an encrypted backup leaves the server. Make one with a password."))
    enter_in_trail(organization, "carry_backup_away", by)
    return path


@transaction.atomic
def remove_backup(backup: Backup, *, by: Any) -> Backup:
    """Delete the file; that there was one stays written down."""
    backup = Backup.objects.locked(backup.pk).move("remove_backup", ended_at=timezone.now())
    enter_in_trail(backup.organization, "remove_backup", by)
    path = backup_folder() / backup.file_name
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return backup


def prepare_restore(
    *, by: Any, file_name: str, label: str = "", organization: Organization | None = None, password: str = ""
) -> Restore:
    """Write down what is to be restored: as a new clinic of this label, or in place. Raises Refusal."""
    if not label and organization is None:
        raise Refusal(_("Say which address the new clinic gets."), "label")
    if organization is None and Organization.objects.filter(label=label).exists():
        raise Refusal(_("Another clinic already has this address. Please choose another one."), "label")
    restore = Restore(
        organization=organization,
        is_in_place=organization is not None,
        label=label,
        asked_by=str(by or ""),
        file_name=Path(file_name).name,
        secret=_sealed(password),
    )
    with relayed(Restore):
        restore.save(force_insert=True)
    return restore


@transaction.atomic
def ask_for_restore(
    backup: Backup, *, by: Any, confirmation: str, label: str = "", password: str = ""
) -> Restore:
    """Ask the worker to restore a backup of this installation: as a new clinic, or in place without a label.

    `confirmation`: the clinic's name, typed. Raises Refusal.
    """
    organization = backup.organization
    _refuse_other_name(organization, confirmation)
    if backup.status != Backup.Status.READY:
        raise Refusal(_("There is no file of this backup."))
    if backup.is_encrypted and not password:
        raise Refusal(_("This backup is encrypted. Its password is needed."), "password")
    place = None if label else organization
    restore = prepare_restore(
        by=by, file_name=backup.file_name, label=label, organization=place, password=password
    )
    enter_in_trail(organization, "ask_for_restore", by)
    app.configure_task("tenants.restore_backup").defer(restore_id=str(restore.pk), by_id=_key(by))
    return restore


def _key(by: Any) -> str | None:
    return str(by.pk) if by else None


def _person(by_id: str | None) -> Any:
    return get_user_model().objects.filter(pk=by_id).first() if by_id else None


def restore_asked_for(restore_id: UUID | str, by_id: str | None) -> None:
    """Restore what was asked for, in the worker; what goes wrong is written down."""
    restore = Restore.objects.get(pk=restore_id)
    path, password = backup_folder() / restore.file_name, _opened(restore.secret)
    restore_now(restore, path, password=password, by=_person(by_id))


def restore_now(
    restore: Restore,
    path: Path,
    *,
    password: str = "",
    by: Any = None,
    erasures: list[Erased] | None = None,
) -> Organization:
    """Restore the file at `path`, wholly or not at all. Raises Refusal, and writes down why."""
    with transaction.atomic():
        restore = Restore.objects.locked(restore.pk).move("begin_restore", started_at=timezone.now())
    try:
        with _telling(restore) as say:
            return carry_out(Order(restore, path, password, by, erasures or [], say))
    except Exception as error:
        restore.refresh_from_db()
        restore.move("fail_restore", ended_at=timezone.now(), problem=refusal_in(error), secret="")
        raise


def make_nightly(nights: int) -> None:
    """Ask for a backup of each clinic, and remove those that are older than so many nights; 0: neither.

    They are not encrypted, since nobody is there to type a password: they never leave the server.
    """
    if not nights:
        return
    for organization in Organization.objects.served():
        with suppress(Refusal):
            ask_for_backup(organization, by=None, is_nightly=True)
    since = timezone.now() - timedelta(days=nights)
    for backup in Backup.objects.filter(is_nightly=True, status=Backup.Status.READY, created_at__lt=since):
        remove_backup(backup, by=None)


def _safe() -> MultiFernet:
    return safe_for("tenants.backups", "password")


@transaction.atomic
def ask_for_undo(restore: Restore, *, by: Any, confirmation: str) -> Restore:
    """Ask the worker to give the clinic back what it held before the restore. Raises Refusal."""
    _confirmed(restore, confirmation)
    if restore.status != Restore.Status.DONE:
        raise Refusal(_("There is nothing to go back to."))
    app.configure_task("tenants.undo_restore").defer(restore_id=str(restore.pk), by_id=_key(by))
    return restore


@transaction.atomic
def ask_for_drop(restore: Restore, *, by: Any, confirmation: str) -> Restore:
    """Ask the worker to drop for good what the restore has kept. There is no way back. Raises Refusal."""
    _confirmed(restore, confirmation)
    app.configure_task("tenants.drop_kept_schema").defer(restore_id=str(restore.pk), by_id=_key(by))
    return restore


def _confirmed(restore: Restore, confirmation: str) -> None:
    if not restore.kept_schema:
        raise Refusal(_("Nothing is kept of this restore."))
    _refuse_other_name(Organization.objects.get(restores=restore), confirmation)


def _refuse_other_name(organization: Organization, confirmation: str) -> None:
    if confirmation.strip() != organization.name:
        raise Refusal(_("Type the clinic's name as it is written here."), "confirmation")


def undo_restore(restore_id: UUID | str, by_id: str | None = None) -> Restore:
    """Let the clinic be again what it was before the restore; what was restored is kept in its stead."""
    restore = Restore.objects.get(pk=restore_id)
    return take_back(restore, Organization.objects.get(restores=restore), _person(by_id))


def drop_kept_schema(restore_id: UUID | str, by_id: str | None = None) -> Restore:
    """Drop for good what the restore has kept."""
    restore = Restore.objects.get(pk=restore_id)
    return drop(restore, Organization.objects.get(restores=restore), _person(by_id))


def _sealed(password: str) -> str:
    return _safe().encrypt(password.encode()).decode() if password else ""


def _opened(secret: str) -> str:
    return _safe().decrypt(secret.encode()).decode() if secret else ""
