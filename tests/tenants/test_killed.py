"""Setting a clinic up, killed at any moment: it is ready or absent after the next start, and nobody waits."""

import json
import multiprocessing
import os
import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django_tenants.utils import tenant_context
from procrastinate.contrib.django import app

from accounts.members.models import Member
from accounts.members.services import sign_up_clinic
from clinic.db.current import connection
from tenants import jobs, services
from tenants.models import Organization, ReadySchema
from tests.databases import rows
from tests.people import PASSWORD, StaffFactory, with_login
from tests.tenants.factories import FACTS

fork = multiprocessing.get_context("fork")


def founded(number: int) -> Organization:
    """A clinic signed up by somebody without a log-in."""
    founder = {"given_name": "Ada", "family_name": "Obi", "email": f"ada{number}@killed.example"}
    return sign_up_clinic(
        by=None, name=f"Killed {number}", label=f"killed-{number % 100}", **founder, **FACTS
    )


def everything(number: int) -> None:
    """What the site and then the worker do for a new clinic."""
    founded(number)
    work_off()


def work_off() -> None:
    """What a worker does at its next start: what waits is made, and the founders are let in."""
    jobs.keep_schemas_ready(0)
    waiting = rows(
        "SELECT id, task_name, args FROM procrastinate_jobs "
        "WHERE status = 'todo' AND task_name IN ('tenants.finish_provisioning', 'members.found_clinic')"
    )
    for job, name, arguments in waiting:
        app.tasks[name](**json.loads(arguments))
        rows("DELETE FROM procrastinate_jobs WHERE id = %s RETURNING id", job)


def child(work: Callable[[], None]) -> Any:
    """A process that does `work` on connections of its own."""

    def run() -> None:
        # What the parent has opened is not ours to close.
        for inherited in connections.all(initialized_only=True):
            inherited.connection = None
        connection.set_schema_to_public()
        work()
        os._exit(0)

    process = fork.Process(target=run)
    process.start()
    return process


def seconds_of(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    process = child(work)
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - began


def sign_in(browser: Any) -> int:
    """The status of the answer. Whoever waits for a lock longer than a second gets an error page."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout TO '1s'")
    facts = {"login": "desk@killed.example", "password": PASSWORD}
    return browser.post("/accounts/login/", facts).status_code


def test_killed_at_random_a_clinic_is_ready_or_absent_after_the_next_start(
    committed: None, acme: Any, anonymous: Callable, is_long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Schemas are made while somebody waits, or one is ready, by turns.
    monkeypatch.setattr(jobs, "READY", 0)
    with tenant_context(acme):
        with_login(StaffFactory(role="receptionist"), "desk@killed.example")
    connection.set_schema_to_public()
    whole = max(seconds_of(lambda number=number: everything(number)) for number in (0, -1))
    answers = []
    for number in range(1, 31 if is_long else 7):
        services.fill_ready_schemas(number % 2)
        doomed = child(lambda number=number: everything(number))
        doomed.join(whole * secrets.randbelow(1000) / 1000)
        doomed.kill()
        answers.append(sign_in(anonymous(acme)))
        doomed.join()
        connection.set_schema_to_public()
        work_off()
        assert_ready_or_absent(f"killed-{number}")
    assert set(answers) == {302}
    assert no_orphans()


def assert_ready_or_absent(label: str) -> None:
    clinic = Organization.objects.filter(label=label).first()
    if clinic is None:
        return
    assert clinic.status == "trial"
    with tenant_context(clinic):
        assert [member.role for member in Member.objects.all()] == ["admin"]
    connection.set_schema_to_public()


def no_orphans() -> bool:
    """Every schema and every role of a clinic is a clinic's, or waits for the next one."""
    known = {name for (name,) in Organization.objects.values_list("schema_name")}
    known |= {name for (name,) in ReadySchema.objects.values_list("schema_name")}
    schemas = {
        name for (name,) in rows("SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_[0-9a-f]{16}$'")
    }
    return schemas == known
