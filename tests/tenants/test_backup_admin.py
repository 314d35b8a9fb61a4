"""Backups in the platform's administration: asked for there, done by the worker."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from procrastinate.contrib.django import app

from clinic.audit.models import AuditEvent
from clinic.db.current import connection
from tenants.backup import container
from tenants.models import Backup, Organization, Restore
from tenants.services import backups
from tests.databases import rows
from tests.people import PatientFactory
from tests.tenants.backups import clinic
from tests.tenants.factories import superuser

ADMIN = "/admin/tenants"
PASSWORD = "a long password for a backup"


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(settings, "BACKUP_DIR", tmp_path / "backups")
    monkeypatch.setattr(container, "LOG_N", 4)


@pytest.fixture
def office(in_acme: None, anonymous: Callable) -> Any:
    connection.set_schema_to_public()
    root = superuser()
    browser = anonymous()
    browser.force_login(root)
    return browser


def work_off() -> None:
    """What the worker does with what was asked for."""
    waiting = rows(
        "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND task_name ~ "
        "'^tenants.(make_backup|restore_backup|undo_restore|drop_kept_schema)$' ORDER BY id"
    )
    for job, name, arguments in waiting:
        app.tasks[name](**json.loads(arguments))
        rows("DELETE FROM procrastinate_jobs WHERE id = %s RETURNING id", job)


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_whole_way_from_a_backup_to_a_settled_restore(committed: None, own: Any, office: Any) -> None:
    with tenant_context(own):
        PatientFactory()
    assert "Back up this clinic" in page(office.get(f"{ADMIN}/organization/{own.pk}/change/"))
    asked = office.send(
        f"{ADMIN}/backup/of/{own.pk}/", {"password": PASSWORD, "again": PASSWORD}, follow=True
    )
    assert "waits for the worker" in page(asked)
    assert PASSWORD not in Backup.objects.get().secret
    work_off()
    backup = Backup.objects.get()
    assert (backup.status, backup.secret, backup.sha256 != "") == ("ready", "", True)
    assert "audit trail up to entry" in page(office.get(f"{ADMIN}/backup/{backup.pk}/change/"))
    taken = office.get(f"{ADMIN}/backup/{backup.pk}/carry-away/")
    assert b"".join(taken.streaming_content).startswith(container.MAGIC)
    whereto = f"{ADMIN}/backup/{backup.pk}/restore/"
    wrong = office.send(whereto, {"confirmation": "Acme", "password": PASSWORD})
    assert "Type the clinic&#x27;s name" in page(wrong)
    office.send(whereto, {"confirmation": own.name, "password": PASSWORD})
    work_off()
    restore = Restore.objects.get()
    assert (restore.status, restore.is_in_place, restore.done_parts > 0) == ("done", True, True)
    assert "Take it back" in page(office.get(f"{ADMIN}/restore/{restore.pk}/change/"))
    office.send(f"{ADMIN}/restore/{restore.pk}/undo/", {"confirmation": own.name})
    work_off()
    office.send(f"{ADMIN}/restore/{restore.pk}/drop/", {"confirmation": own.name})
    work_off()
    restore.refresh_from_db()
    assert (restore.status, restore.kept_schema) == ("dropped", "")
    with tenant_context(clinic("own")):
        said = set(AuditEvent.objects.exclude(reason="").values_list("reason", flat=True))
    assert said >= {"ask_for_backup", "carry_backup_away", "undo_restore", "drop_kept_schema"}


def test_a_failure_is_written_down_in_a_sentence(committed: None, own: Any, office: Any) -> None:
    office.send(f"{ADMIN}/backup/of/{own.pk}/", {})
    work_off()
    backup = Backup.objects.get()
    path = backups.backup_folder() / backup.file_name
    path.write_bytes(path.read_bytes()[:-1])
    office.send(f"{ADMIN}/backup/{backup.pk}/restore/", {"confirmation": own.name, "label": "copy"})
    with pytest.raises(container.Unfit):
        work_off()
    restore = Restore.objects.get()
    assert restore.status == "failed"
    assert "damaged" in page(office.get(f"{ADMIN}/restore/{restore.pk}/change/"))


def test_what_is_not_encrypted_and_what_the_clinic_forbids_stays_on_the_server(
    db: None, acme: Any, office: Any, tmp_path: Path
) -> None:
    backup = backups.ask_for_backup(acme, by=None)
    backup.move("begin_backup")
    backup.move("finish_backup", size=1, sha256="0" * 64)
    (backups.backup_folder() / backup.file_name).write_bytes(b"x")
    away = f"{ADMIN}/backup/{backup.pk}/carry-away/"
    assert "Only an encrypted backup" in page(office.get(away, follow=True))
    Backup.objects.update(is_encrypted=True)
    assert office.get(away).status_code == 200
    Organization.objects.filter(pk=acme.pk).update(support_forbidden_at=backup.created_at)
    assert "lets nobody of the platform in" in page(office.get(away, follow=True))


def test_a_short_password_and_two_backups_at_once_are_refused(db: None, acme: Any, office: Any) -> None:
    make = f"{ADMIN}/backup/of/{acme.pk}/"
    assert "15 characters" in page(office.send(make, {"password": "short", "again": "short"}))
    assert "two passwords" in page(office.send(make, {"password": PASSWORD, "again": "another"}))
    office.send(make, {})
    assert "being made already" in page(office.send(make, {}))


def test_nightly_backups_are_off_unless_wanted_and_old_ones_go(db: None, acme: Any, office: Any) -> None:
    backups.make_nightly(0)
    assert not Backup.objects.exists()
    backups.make_nightly(3)
    assert Backup.objects.filter(is_nightly=True).count() == Organization.objects.served().count()
    old = Backup.objects.filter(organization=acme)
    old.get().move("begin_backup")
    old.get().move("finish_backup", size=1)
    old.update(created_at=old.get().created_at.replace(year=2000))
    backups.make_nightly(3)
    assert old.filter(status="removed").exists()
