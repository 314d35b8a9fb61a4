"""Backup and restore of one clinic: the same at the other end, or nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from accounts.members.models import PatientProfile
from clinic.audit.chain import broken_entries
from clinic.audit.rows import altered_rows
from clinic.db.current import connection
from tenants.backup.checking import check_backup
from tenants.backup.making import make_backup
from tenants.models import Organization, Restore
from tenants.services.backups import drop_kept_schema, prepare_restore, restore_now, undo_restore
from tests.databases import rows
from tests.people import PatientFactory, StaffFactory, with_login
from tests.records.documents.factories import filed
from tests.records.factories import signed


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of our own."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(settings, "BACKUP_DIR", tmp_path / "backups")


def lived_in() -> None:
    """A little of everything."""
    for _number in range(3):
        PatientFactory()
    with_login(StaffFactory())
    signed()
    filed()


def as_new(path: Path, label: str, **ways: Any) -> Organization:
    connection.set_schema_to_public()
    return restore_now(prepare_restore(by=None, file_name=path.name, label=label), path, **ways)


def test_a_backup_becomes_a_new_clinic_that_holds_the_same(
    committed: None, acme: Any, tmp_path: Path
) -> None:
    lived_in()
    manifest = make_backup(acme, tmp_path / "a.backup")
    assert check_backup(tmp_path / "a.backup")["tables"] == manifest["tables"]
    copy = as_new(tmp_path / "a.backup", "copy")
    assert copy.is_suspended
    with tenant_context(copy):
        assert broken_entries() == []
        assert altered_rows() == []
        assert PatientProfile.objects.count() == manifest["tables"]["members_patientprofile"]["rows"]


def clinic(label: str) -> Organization:
    connection.set_schema_to_public()
    return Organization.objects.get(label=label)


def in_place(path: Path, label: str, **ways: Any) -> Restore:
    organization = clinic(label)
    restore = prepare_restore(by=None, file_name=path.name, organization=organization)
    restore_now(restore, path, **ways)
    restore.refresh_from_db()
    return restore


def test_in_place_a_clinic_is_what_it_was_and_the_other_state_is_kept(
    committed: None, acme: Any, tmp_path: Path
) -> None:
    lived_in()
    before = make_backup(acme, tmp_path / "a.backup")
    late = PatientFactory()
    filed()
    after = make_backup(acme, tmp_path / "b.backup")
    restore = in_place(tmp_path / "a.backup", "acme")
    acme = clinic("acme")
    assert (acme.restoring_since, restore.status) == (None, "done")
    with tenant_context(acme):
        assert not PatientProfile.objects.filter(pk=late.pk).exists()
        PatientFactory()
        assert broken_entries() == []
        assert altered_rows() == []
    restored = make_backup(acme, tmp_path / "c.backup")
    assert restored["files"] == before["files"]
    undo_restore(restore, by=None, confirmation=acme.name)
    with tenant_context(clinic("acme")):
        assert PatientProfile.objects.filter(pk=late.pk).exists()
        PatientFactory()
        assert broken_entries() == []
        assert altered_rows() == []
    assert make_backup(clinic("acme"), tmp_path / "d.backup")["files"] == after["files"]
    restore.refresh_from_db()
    drop_kept_schema(restore, by=None, confirmation=acme.name)
    assert rows("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'kept%%'") == []
    assert list((tmp_path / "files").glob("kept*")) == []
