"""Restoring in place while people work: nobody else notices, and nothing that was stored is lost unseen."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connections
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from accounts.members.models import PatientProfile
from clinic.db.current import connection
from tenants import directory
from tenants.backup import container, swapping
from tenants.backup.container import Unfit
from tenants.backup.making import make_backup
from tenants.models import Organization
from tests.databases import rows
from tests.people import PatientFactory, StaffFactory, with_login
from tests.tenants.backups import clinic, content, holds, in_place


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(container, "LOG_N", 4)
    yield
    directory.forget()


class Desk(Thread):
    """A receptionist who registers patients until told to stop, and notes what was said to be stored."""

    def __init__(self, organization: Organization, stop: Event) -> None:
        super().__init__()
        self.organization, self.stop = organization, stop
        self.stored: list[Any] = []
        self.refused: list[Exception] = []
        self.longest = 0.0

    def run(self) -> None:
        """One patient after the other."""
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                with tenant_context(self.organization):
                    self.stored.append(PatientFactory().pk)
            except DatabaseError as error:
                self.refused.append(error)
                time.sleep(0.02)
            self.longest = max(self.longest, time.monotonic() - began)
        connection.close()


def patients_in(schema: str) -> set[Any]:
    with connections["owner"].cursor() as cursor:
        question = sql.SQL("SELECT member_id FROM {}.members_patientprofile").format(sql.Identifier(schema))
        cursor.execute(question.as_string(None))
        return {key for (key,) in cursor.fetchall()}


def test_others_go_on_and_nothing_stored_is_lost_unseen(
    committed: None, own: Any, beta: Any, tmp_path: Path
) -> None:
    for _number in range(20):
        PatientFactory()
    before = {*PatientProfile.objects.values_list("pk", flat=True)}
    make_backup(own, tmp_path / "a.backup")
    stop = Event()
    ours, theirs = [Desk(own, stop) for _desk in range(2)], [Desk(beta, stop) for _desk in range(2)]
    for desk in (*ours, *theirs):
        desk.start()
    while not all(desk.stored for desk in (*ours, *theirs)):
        time.sleep(0.01)
    restore = in_place(tmp_path / "a.backup", "own")
    after = [len(desk.stored) for desk in ours]
    while any(len(desk.stored) == count for desk, count in zip(ours, after, strict=True)):
        time.sleep(0.01)
    stop.set()
    for desk in (*ours, *theirs):
        desk.join()
    assert [desk.refused for desk in theirs] == [[], []]
    assert patients_in(beta.schema_name) >= {key for desk in theirs for key in desk.stored}
    kept, now = patients_in(restore.kept_schema), patients_in(own.schema_name)
    assert now >= before
    assert kept | now >= {key for desk in ours for key in desk.stored}
    # Each was refused while the door was shut, by the database itself.
    assert all(desk.refused for desk in ours)
    assert {type(error.__cause__).__name__ for desk in ours for error in desk.refused} == {
        "InsufficientPrivilege"
    }
    assert holds(clinic("own"))
    assert holds(clinic("beta"))


def test_what_a_killed_restore_left_shut_is_opened_again_unless_one_is_at_work(
    committed: None, own: Any, tmp_path: Path
) -> None:
    PatientFactory()
    before = content(own.schema_name)
    own = clinic("own")
    swapping._close(own)
    with pytest.raises(DatabaseError), tenant_context(own):
        PatientProfile.objects.count()
    connection.set_schema_to_public()
    name = swapping._lock_name(own.schema_name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        assert swapping.reopen_stranded() == 0
        with pytest.raises(Unfit, match="already"), swapping.shut(own):
            pass
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    assert swapping.reopen_stranded() == 1
    assert content(own.schema_name) == before
    with tenant_context(clinic("own")):
        PatientFactory()


def test_whoever_comes_meanwhile_reads_why_even_where_the_process_remembers_an_open_clinic(
    committed: None, own: Any, client_for: Any
) -> None:
    browser = client_for(with_login(StaffFactory()), own)
    browser.raise_request_exception = False
    assert browser.get("/notifications/").status_code == 200
    remembered = directory._entries.copy()
    swapping._close(clinic("own"))
    directory._entries.update(remembered)
    for _look in range(2):
        page = browser.get("/notifications/")
        assert page.status_code == 503
        assert "being restored" in page.content.decode()
        directory.forget()
    with schema_context("public"):
        assert not Organization.objects.open().filter(label="own").exists()
    swapping.reopen(clinic("own"))
    directory.forget()
    assert browser.get("/notifications/").status_code == 200
    assert rows("SELECT 1")
