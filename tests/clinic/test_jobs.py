"""What runs by itself: for every clinic, none stopped by another, and seen by people."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import escape
from django_tenants.utils import schema_context, tenant_context
from procrastinate.contrib.django import app

from clinic.db.current import connection
from clinic.jobs.models import JobRun
from clinic.jobs.table import EVERY_MINUTE, JOBS, PeriodicJob, Schedule, enter, lines, standstill
from clinic.jobs.tasks import JobFailed
from clinic.notifications import services
from tenants.models import Organization
from tenants.services import life
from tests.conftest import ClinicClient
from tests.people import PatientFactory, StaffFactory, with_login
from tests.tenants.factories import superuser

pytestmark = pytest.mark.django_db
IN_CLINICS = [job for job in JOBS.values() if job.in_clinics]
SECRET = "Ada Obi has a rare disease"


def runs_in(organization: Any) -> dict[str, JobRun]:
    with tenant_context(organization):
        return JobRun.objects.in_bulk()


def runs_on_the_platform() -> dict[str, JobRun]:
    with schema_context("public"):
        return JobRun.objects.in_bulk()


@pytest.fixture
def fails_in_acme(monkeypatch: pytest.MonkeyPatch, acme: Any) -> None:
    """Delivering stops in acme, with words that are nobody's business."""
    deliver = services.deliver_due

    def sabotaged() -> None:
        if connection.schema_name == acme.schema_name:
            raise ValueError(SECRET)
        deliver()

    monkeypatch.setattr(services, "deliver_due", sabotaged)


def test_the_table_and_the_workers_schedule_are_the_same() -> None:
    scheduled = {
        periodic.task.name: periodic.cron for periodic in app.periodic_registry.periodic_tasks.values()
    }
    assert scheduled == {job.task.name: job.schedule.cron for job in JOBS.values()}


@pytest.mark.parametrize("job", JOBS.values(), ids=lambda job: job.name)
def test_the_time_between_runs_is_what_the_schedule_says(job: PeriodicJob) -> None:
    minute, hour, *_days = job.schedule.cron.split()
    per_hour = 60 if minute == "*" else 60 // int(minute[2:]) if minute.startswith("*/") else 1
    per_day = per_hour * (24 if hour == "*" else 1)
    assert job.schedule.period * per_day == timedelta(days=1)
    assert str(job.purpose).endswith(".")


def test_two_jobs_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="deliver_due"):
        enter(JOBS["deliver_due"])


@pytest.mark.parametrize("job", IN_CLINICS, ids=lambda job: job.name)
def test_it_is_done_in_every_clinic_and_recorded_there_and_on_the_platform(
    job: PeriodicJob, acme: Any, beta: Any
) -> None:
    before = timezone.now()
    job.task(0)
    for run in (runs_in(acme)[job.name], runs_in(beta)[job.name], runs_on_the_platform()[job.name]):
        assert before <= run.started_at <= run.finished_at == run.succeeded_at
        assert run.error == ""


@pytest.mark.parametrize("name", ["deliver_due_of_platform", "forget_old_forms_of_platform"])
def test_what_is_the_platforms_is_done_once_and_recorded_there(name: str, acme: Any) -> None:
    JOBS[name].task(0)
    assert runs_on_the_platform()[name].succeeded_at
    assert name not in runs_in(acme)


def test_a_clinic_in_which_it_fails_stops_no_other(fails_in_acme: None, acme: Any, beta: Any) -> None:
    with pytest.raises(JobFailed, match="acme"):
        JOBS["deliver_due"].task(0)
    failed, served = runs_in(acme)["deliver_due"], runs_in(beta)["deliver_due"]
    assert (bool(failed.error), failed.succeeded_at) == (True, None)
    assert (served.error, bool(served.succeeded_at)) == ("", True)
    whole = runs_on_the_platform()["deliver_due"]
    assert (whole.error, whole.succeeded_at) == ("It failed in 1 of 2 clinics: acme.", None)


def test_of_an_error_only_its_kind_and_place_are_recorded(fails_in_acme: None, acme: Any) -> None:
    with pytest.raises(JobFailed) as failure:
        JOBS["deliver_due"].task(0)
    told = runs_in(acme)["deliver_due"].error
    assert re.fullmatch(r"ValueError · tests/clinic/test_jobs\.py:\d+", told)
    assert SECRET not in told + str(failure.value)


def test_a_failure_keeps_the_time_of_the_last_success(acme: Any, request: pytest.FixtureRequest) -> None:
    JOBS["deliver_due"].task(0)
    before = runs_in(acme)["deliver_due"]
    request.getfixturevalue("fails_in_acme")
    with pytest.raises(JobFailed):
        JOBS["deliver_due"].task(0)
    after = runs_in(acme)["deliver_due"]
    assert after.succeeded_at == before.succeeded_at
    assert after.finished_at > before.finished_at


def test_a_failure_of_the_platforms_own_is_recorded_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "deliver_due", lambda: 1 / 0)
    with pytest.raises(JobFailed, match="ZeroDivisionError"):
        JOBS["deliver_due_of_platform"].task(0)
    assert runs_on_the_platform()["deliver_due_of_platform"].error.startswith("ZeroDivisionError · ")


@pytest.mark.parametrize(("status", "is_served"), [("active", True), ("suspended", True), ("closed", False)])
def test_it_is_done_where_a_clinic_is_served(status: str, is_served: bool, acme: Any, beta: Any) -> None:
    with schema_context("public"):
        clinic = life.activate_organization(Organization.objects.get(pk=beta.pk), by=None)
        if status != "active":
            clinic = life.suspend_organization(clinic, by=None)
        if status == "closed":
            life.close_organization(clinic, by=None)
    JOBS["deliver_due"].task(0)
    assert ("deliver_due" in runs_in(beta)) == is_served
    assert "deliver_due" in runs_in(acme)


def note(job: str, ago: timedelta, problem: str = "") -> None:
    JobRun.objects.note(job, timezone.now(), problem)
    moment = timezone.now() - ago
    JobRun.objects.filter(pk=job).update(started_at=moment, finished_at=moment)


@pytest.mark.parametrize(
    ("ago", "problem", "state"),
    [(119, "", "done"), (121, "", "overdue"), (60, "ValueError", "failed"), (600, "ValueError", "overdue")],
)
def test_what_is_two_periods_old_is_overdue(ago: int, problem: str, state: str) -> None:
    note("deliver_due", timedelta(seconds=ago), problem)
    (line,) = [line for line in lines(in_clinic=True) if line.job.name == "deliver_due"]
    assert line.state == state


def test_the_worker_stands_still_when_even_the_jobs_of_every_minute_are_overdue() -> None:
    each_minute = [job.name for job in IN_CLINICS if job.schedule is EVERY_MINUTE]
    for name in each_minute:
        note(name, timedelta(minutes=9))
    assert standstill(lines(in_clinic=True))
    note(each_minute[0], timedelta(0))
    assert standstill(lines(in_clinic=True)) is None


# --- What people see -----------------------------------------------------------------------------


@pytest.fixture
def administrator(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role="admin")))


def test_an_administrator_sees_what_runs_and_how_it_went(administrator: ClinicClient) -> None:
    note("deliver_due", timedelta(0), "ValueError · scheduling/jobs.py:12")
    page = administrator.get("/jobs/").content.decode()
    for job in IN_CLINICS:
        assert escape(str(job.purpose)) in page
    assert "scheduling/jobs.py:12" in page
    assert str(JOBS["deliver_due_of_platform"].purpose) not in page


def test_where_nothing_ever_ran_the_page_says_what_to_do(administrator: ClinicClient) -> None:
    page = administrator.get("/jobs/").content.decode()
    assert "Start the worker" in page
    assert 'href="/jobs/"' in administrator.get("/day/").content.decode()


def test_when_the_worker_stands_still_the_page_says_so(administrator: ClinicClient) -> None:
    for job in IN_CLINICS:
        note(job.name, timedelta(days=3))
    assert "The worker stands still" in administrator.get("/jobs/").content.decode()


def test_nobody_else_sees_it(client_for: Callable[..., ClinicClient]) -> None:
    assert client_for(with_login(StaffFactory(role="receptionist"))).get("/jobs/").status_code == 403
    assert client_for(with_login(PatientFactory().member)).get("/jobs/").status_code == 403


def test_the_administration_of_the_platform_shows_in_which_clinics_it_failed(
    fails_in_acme: None, anonymous: Callable[..., ClinicClient]
) -> None:
    with pytest.raises(JobFailed):
        JOBS["deliver_due"].task(0)
    connection.set_schema_to_public()
    note("keep_schemas_ready", timedelta(minutes=5))
    browser = anonymous(None)
    browser.force_login(superuser(), "allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/admin/jobs/jobrun/").content.decode()
    for words in ("It failed in 1 of 2 clinics: acme.", "Overdue", "every minute", "let_holds_go"):
        assert words in page
    assert browser.get("/admin/jobs/jobrun/deliver_due/change/").status_code == 200
    assert browser.get("/admin/jobs/jobrun/add/").status_code == 403


def test_the_administration_of_a_clinic_shows_its_own(administrator: ClinicClient) -> None:
    JOBS["deliver_due"].task(0)
    page = administrator.get("/admin/jobs/jobrun/").content.decode()
    assert str(JOBS["deliver_due"].purpose) in page
    assert "keep_schemas_ready" not in page


def test_a_schedule_is_a_fact() -> None:
    with pytest.raises(AttributeError):
        EVERY_MINUTE.cron = "* * * * 1"  # type: ignore[misc]
    with pytest.raises(TypeError):
        JOBS["other"] = JOBS["deliver_due"]  # type: ignore[index]
    assert isinstance(EVERY_MINUTE, Schedule)
