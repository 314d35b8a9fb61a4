"""Backup and restore of one clinic: the same at the other end, or nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.members.models import Member, PatientProfile
from accounts.models import Affiliation, User
from accounts.services import verify_email
from clinic.audit.models import AuditEvent
from clinic.db.current import connection
from clinic.erasure.services import erase_patient
from clinic.notifications.models import OutboxMessage
from scheduling.models import CalendarFeed
from tenants import versions
from tenants.backup import container
from tenants.backup.container import Unfit, sealing
from tenants.backup.making import make_backup
from tenants.jobs import drop_clinic as drop_job
from tenants.models import Organization, ReadySchema, Restore
from tenants.schemas import owner_in
from tenants.services import close_organization, drop_clinic, suspend_organization
from tenants.services.backups import drop_kept_schema, prepare_restore, undo_restore
from tests import databases
from tests.conftest import RUN, WORKER
from tests.databases import rows
from tests.people import PatientFactory
from tests.tenants.backups import (
    as_new,
    clinic,
    content,
    crowd,
    everything_else,
    holds,
    in_place,
    lived_in,
    said_in,
)
from tests.tenants.factories import superuser

PASSWORD = "a long password for a backup"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files of our own, and a key that is made quickly."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(settings, "BACKUP_DIR", tmp_path / "backups")
    monkeypatch.setattr(container, "LOG_N", 4)
    yield
    versions.clinic_migrations.cache_clear()
    versions.fingerprint.cache_clear()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.backup"


def elsewhere() -> None:
    """Another installation of the same release, which knows nothing of what was done in this one."""
    databases.copy_template(RUN, WORKER)


def letter(key: str, **facts: Any) -> OutboxMessage:
    message = OutboxMessage(
        kind="invitation", recipient="a@b.example", subject="s", body="b", key=key,
        **{"due_at": timezone.now(), **facts},
    )  # fmt: skip
    message.save()
    return message


def test_ten_thousand_rows_are_the_same_in_another_installation(
    committed: None, own: Any, path: Path
) -> None:
    desk = lived_in()
    crowd(2500)
    manifest = make_backup(own, path)
    assert sum(table["rows"] for table in manifest["tables"].values()) > 10_000
    elsewhere()
    before = everything_else()
    copy = as_new(path)
    after = everything_else(copy.schema_name)
    assert all(
        before[label] == after[label] if isinstance(before[label], dict) else before[label] <= after[label]
        for label in before
    )
    assert (copy.is_suspended, copy.status_since, copy.currency) == (True, None, "NGN")
    assert holds(copy)
    here = content(copy.schema_name)
    same = {name: told for name, told in manifest["tables"].items() if name != "audit_auditevent"}
    assert all(here[name]["sha256"] == told["sha256"] for name, told in same.items())
    with tenant_context(copy):
        assert AuditEvent.objects.latest("id").reason == "restore_organization"
        member = Member.objects.get(pk=desk.pk)
    with schema_context("public"):
        user = User.objects.get(pk=desk.user_id)
        assert (user.email, user.has_usable_password(), member.user_id) == (desk.user.email, False, user.pk)
        assert Affiliation.objects.filter(user_id=user.pk, organization=copy).exists()


def test_a_person_who_has_confirmed_the_same_email_there_is_the_same_person(
    committed: None, own: Any, path: Path
) -> None:
    desk = lived_in()
    make_backup(own, path)
    elsewhere()
    connection.set_schema_to_public()
    there = User.objects.create_user(desk.user.email, "their own password, which stays")
    verify_email(there)
    copy = as_new(path)
    there.refresh_from_db()
    with tenant_context(copy):
        assert Member.objects.get(pk=desk.pk).user_id == there.pk
    assert there.check_password("their own password, which stays")
    assert holds(copy)


def test_whoever_only_typed_the_email_there_is_somebody_else(committed: None, own: Any, path: Path) -> None:
    desk = lived_in()
    make_backup(own, path)
    elsewhere()
    connection.set_schema_to_public()
    squatter = User.objects.create_user(desk.user.email, "a squatter's password")
    copy = as_new(path)
    squatter.refresh_from_db()
    assert squatter.email.endswith("@unconfirmed.invalid")
    with tenant_context(copy):
        assert Member.objects.get(pk=desk.pk).user_id == desk.user_id


def test_passwords_go_along_only_when_told_and_only_encrypted(committed: None, own: Any, path: Path) -> None:
    desk = lived_in()
    with pytest.raises(Unfit):
        make_backup(own, path, with_passwords=True)
    make_backup(own, path, sealed=sealing(PASSWORD), with_passwords=True)
    assert desk.user.password.encode() not in path.read_bytes()
    elsewhere()
    as_new(path, password=PASSWORD)
    with schema_context("public"):
        assert User.objects.get(pk=desk.user_id).password == desk.user.password


def test_a_copy_sends_nothing_that_waited_and_tells_no_calendar(
    committed: None, own: Any, path: Path
) -> None:
    desk = lived_in()
    feed = CalendarFeed(member=desk)
    feed.seal()
    feed.save()
    now, later = letter("now"), letter("later", due_at=timezone.now() + timezone.timedelta(days=9))
    make_backup(own, path)
    with tenant_context(as_new(path)):
        assert set(
            OutboxMessage.objects.filter(pk__in=[now.pk, later.pk]).values_list("status", flat=True)
        ) == {"void"}
        assert not CalendarFeed.objects.open().exists()
    with tenant_context(own):
        assert OutboxMessage.objects.get(pk=now.pk).status == "queued"
        assert CalendarFeed.objects.open().exists()


def test_in_place_a_clinic_is_what_it_was_and_the_other_state_is_kept(
    committed: None, own: Any, path: Path, tmp_path: Path
) -> None:
    lived_in()
    before = make_backup(own, path)
    others = everything_else(own.schema_name)
    late = PatientFactory()
    after = make_backup(own, tmp_path / "b.backup")
    restore = in_place(path, "own")
    own = clinic("own")
    assert (own.restoring_since, restore.status) == (None, "done")
    with tenant_context(own):
        assert not PatientProfile.objects.filter(pk=late.pk).exists()
        PatientFactory()
    assert holds(own)
    assert make_backup(own, tmp_path / "c.backup")["files"] == before["files"]
    undo_restore(restore.pk)
    with tenant_context(clinic("own")):
        assert PatientProfile.objects.filter(pk=late.pk).exists()
        PatientFactory()
    assert holds(clinic("own"))
    assert make_backup(clinic("own"), tmp_path / "d.backup")["files"] == after["files"]
    restore.refresh_from_db()
    drop_kept_schema(restore.pk)
    assert rows("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'kept%%'") == []
    assert list((tmp_path / "files").glob("kept*")) == []
    now = everything_else(own.schema_name)
    assert {label: now[label] for label in ("beta", "tenants_domain")} == {
        label: others[label] for label in ("beta", "tenants_domain")
    }


def test_in_place_nothing_is_sent_twice(committed: None, own: Any, path: Path) -> None:
    due, later = letter("due"), letter("later", due_at=timezone.now() + timezone.timedelta(days=9))
    make_backup(own, path)
    since = letter("since")
    for sent in (due, since):
        OutboxMessage.objects.filter(pk=sent.pk).update(status="sending")
        OutboxMessage.objects.filter(pk=sent.pk).update(status="sent", sent_at=timezone.now())
    in_place(path, "own")
    with tenant_context(clinic("own")):
        found = dict(OutboxMessage.objects.values_list("key", "status"))
    assert found == {"due": "void", "later": "queued", "since": "sent"}
    assert later.status == "queued"


def test_whoever_was_erased_since_stays_erased(committed: None, own: Any, path: Path) -> None:
    patient = PatientFactory(given_name="Zanzibarine")
    make_backup(own, path)
    erase_patient(patient, by=None, reason="Asked for it", number=patient.number)
    restore = in_place(path, "own")
    assert restore.report["erased"] > 0
    assert "Zanzibarine" not in said_in(clinic("own"))
    assert holds(clinic("own"))


def test_what_a_restore_kept_is_erased_when_it_comes_back_and_goes_with_its_clinic(
    committed: None, own: Any, path: Path, tmp_path: Path
) -> None:
    patient = PatientFactory(given_name="Zanzibarine")
    make_backup(own, path)
    restore = in_place(path, "own")
    with tenant_context(clinic("own")):
        erase_patient(patient, by=None, reason="Asked for it", number=patient.number)
    undo_restore(restore.pk)
    assert "Zanzibarine" not in said_in(clinic("own"))
    assert holds(clinic("own"))
    with schema_context("public"):
        root = superuser()
        suspend_organization(clinic("own"), by=root)
        close_organization(clinic("own"), by=root)
        drop_clinic(clinic("own"), by=root, name=own.name, without_backup=True)
        drop_job.func(str(own.pk))
    assert (
        rows("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'kept%%' OR nspname = %s", own.schema_name) == []
    )
    assert list((tmp_path / "files").glob("kept*")) == []
    restore.refresh_from_db()
    assert (restore.status, restore.kept_schema) == ("dropped", "")


def test_erasures_of_another_installation_are_brought_in_a_file(
    committed: None, own: Any, path: Path, tmp_path: Path
) -> None:
    patient = PatientFactory(given_name="Zanzibarine")
    make_backup(own, path)
    elsewhere()
    listed = tmp_path / "erasures.json"
    listed.write_text("[{}]")
    connection.set_schema_to_public()
    with pytest.raises(CommandError, match="no list of erasures"):
        call_command("restore", str(path), as_new="copy", erasures=listed)
    assert not Organization.objects.filter(label="copy").exists()
    listed.write_text(json.dumps([{"patient": str(patient.pk), "what": "identity", "at": "2026-01-01"}]))
    call_command("restore", str(path), as_new="copy", erasures=listed)
    assert "Zanzibarine" not in said_in(clinic("copy"))


def test_an_earlier_release_is_brought_up_to_date(
    committed: None, own: Any, path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, is_long: bool
) -> None:
    lived_in()
    if not is_long:
        # It compares with a schema that is migrated for the purpose.
        monkeypatch.setattr("tenants.backup.loading.check_schema", lambda schema: None)
    make_backup(own, path)
    settings.MIGRATION_MODULES = {"idempotency": "tests.tenants.later.column.migrations"}
    versions.clinic_migrations.cache_clear()
    versions.fingerprint.cache_clear()
    copy = as_new(path)
    assert copy.schema_version == versions.needed()
    assert holds(copy)
    with tenant_context(copy):
        assert rows("SELECT note FROM idempotency_sentform") == []
    make_backup(copy, path.with_suffix(".later"))
    settings.MIGRATION_MODULES = {}
    versions.clinic_migrations.cache_clear()
    with pytest.raises(Unfit, match="later version"):
        as_new(path.with_suffix(".later"), "another")


def test_what_does_not_hold_is_not_restored_and_leaves_nothing(
    committed: None, own: Any, path: Path, tmp_path: Path
) -> None:
    """A row changed past every rule goes into the backup, and no further."""
    lived_in()
    with owner_in(own.schema_name) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE members_member DISABLE TRIGGER USER")
        cursor.execute("UPDATE members_member SET family_name = 'Changed'")
        cursor.execute("ALTER TABLE members_member ENABLE TRIGGER USER")
    make_backup(own, path)
    schemas, files = set(rows("SELECT nspname FROM pg_namespace")), sorted((tmp_path / "files").rglob("*"))
    with pytest.raises(Unfit, match="was changed"):
        as_new(path)
    connection.set_schema_to_public()
    assert not Organization.objects.filter(label="copy").exists()
    assert Restore.objects.get().status == "failed"
    left = set(rows("SELECT nspname FROM pg_namespace")) - schemas
    assert {name for (name,) in left} == set(ReadySchema.objects.values_list("schema_name", flat=True))
    assert sorted((tmp_path / "files").rglob("*")) == files


def test_in_place_what_fails_leaves_the_clinic_open_and_as_it_was(
    committed: None, own: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived_in()
    make_backup(own, path)
    before = content(own.schema_name)

    def broken(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("tenants.backup.restoring.end_as_owner", broken)
    with pytest.raises(RuntimeError):
        in_place(path, "own")
    now = clinic("own")
    assert now.restoring_since is None
    assert content(own.schema_name) == before
    with tenant_context(now):
        PatientFactory()
    assert make_backup(now, path.with_suffix(".again"))["files"] == 1


def test_a_file_that_is_not_what_was_stored_makes_no_backup(
    committed: None, own: Any, path: Path, tmp_path: Path
) -> None:
    lived_in()
    (file,) = (each for each in (tmp_path / "files").rglob("*") if each.is_file())
    file.write_bytes(b"something else")
    with pytest.raises(Unfit, match="not what was stored"):
        make_backup(own, path)
    assert not path.exists()


def test_the_commands_make_verify_and_restore(
    committed: None, own: Any, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    lived_in()
    connection.set_schema_to_public()
    monkeypatch.setenv("BACKUP_PASSWORD", PASSWORD)
    call_command("backup", "own", to=path, encrypt=True)
    call_command("verify_backup", str(path))
    assert "Whole." in capsys.readouterr().out
    call_command("restore", str(path), as_new="copy")
    assert "suspended" in capsys.readouterr().out
    monkeypatch.setenv("BACKUP_PASSWORD", "another password")
    with pytest.raises(CommandError, match="password is wrong"):
        call_command("restore", str(path), as_new="another")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", "own", to=path)


def test_an_address_that_is_taken_is_refused_before_anything_is_done(db: None, path: Path) -> None:
    connection.set_schema_to_public()
    with pytest.raises(Exception, match="already has this address"):
        prepare_restore(by=None, file_name="x", label="beta")
