"""Trial → reminder → reading only → suspended → open again, driven by a moved clock and seen on the pages."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.jobs.table import JOBS, Clinics, lines
from clinic.jobs.tasks import labels_of
from clinic.notifications.kinds import KINDS, WAITS_WHILE_SUSPENDED
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import deliver_due, deliver_message, enqueue
from scheduling.models import Appointment
from tenants import directory, services
from tenants.models import Listing, Organization, OrganizationEvent, Plan, PlatformPolicy, Subscription
from tests.conftest import ClinicClient
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login
from tests.tenants.factories import superuser

pytestmark = pytest.mark.django_db
Browser = Callable[..., ClinicClient]
News = Callable[[], list[tuple[str, str]]]
Moves = Callable[[timedelta], None]
TRIAL = timedelta(days=30)
GRACE = timedelta(days=14)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def moved(acme: Any) -> Iterator[Moves]:
    """Puts the clock so long before (or after) the end of acme's trial."""
    ends_at = timezone.now() + TRIAL
    with schema_context("public"):
        facts = {"trial_ends_at": ends_at, "status_since": timezone.now()}
        Organization.objects.filter(pk=acme.pk).update(**facts)
    directory.forget()
    with time_machine.travel(timezone.now(), tick=True) as traveller:

        def move(after: timedelta) -> None:
            traveller.move_to(ends_at + after)
            connection.set_tenant(refreshed(acme))

        move(-TRIAL)
        yield move


@pytest.fixture
def admin() -> Member:
    return with_login(StaffFactory(role=Role.ADMIN, given_name="Ngozi"), "ngozi@acme.example")


@pytest.fixture
def plan() -> Plan:
    with schema_context("public"):
        return Plan.objects.create(
            name="Practice", price=Decimal(20000), currency="NGN", most_doctors=2, text="Letters\nReminders"
        )


@pytest.fixture
def news() -> News:
    """What acme's outbox holds since it was looked at last: kinds and recipients, by recipient."""
    seen: set[Any] = set()

    def unseen() -> list[tuple[str, str]]:
        found = OutboxMessage.objects.exclude(pk__in=seen).order_by("recipient")
        fresh = list(found.values_list("pk", "kind", "recipient"))
        seen.update(pk for pk, *_rest in fresh)
        return [(kind, to) for _pk, kind, to in fresh]

    return unseen


def refreshed(clinic: Any) -> Any:
    with schema_context("public"):
        return Organization.objects.with_host().get(pk=clinic.pk)


def worked(clinic: Any) -> None:
    """What the worker does in an hour, as far as it is about the clinic's life."""
    with schema_context("public"):
        JOBS["suspend_after_grace"].task(0)
        JOBS["tell_of_chosen_plans"].task(0)
    JOBS["write_of_clinics_life"].task(0)
    directory.forget()
    connection.set_tenant(refreshed(clinic))


def words(browser: ClinicClient, path: str) -> str:
    return browser.get(path).content.decode()


def test_the_whole_life_of_a_trial_seen_on_the_pages(
    moved: Moves, acme: Any, admin: Member, plan: Plan, news: News, client_for: Browser, anonymous: Browser
) -> None:
    with_login(StaffFactory(role=Role.ADMIN), "second@acme.example")
    patient = with_login(PatientFactory(email="ada@people.example").member)
    stranger = anonymous(acme)

    def office() -> ClinicClient:
        return client_for(admin)

    def portal() -> ClinicClient:
        return client_for(patient)

    # Long before the end nobody is bothered; the page says how long it is.
    moved(-timedelta(days=8) - MINUTE)
    worked(acme)
    assert news() == []
    assert "The trial ends on" not in words(office(), "/patients/")
    assert "8 full days of the trial are left" in words(office(), "/plan/")

    # A week before and a day before: a letter to every administrator, once, and a banner for them alone.
    for days, told in ((7, both("trial_ends_soon")), (5, []), (1, both("trial_ends_soon"))):
        moved(-timedelta(days=days) + MINUTE)
        worked(acme)
        worked(acme)
        assert news() == told
        assert "The trial ends on" in words(office(), "/patients/")
        assert "The trial ends on" not in words(portal(), "/portal/")
        assert "The trial ends on" not in words(stranger, "/")
    assert office().send("/patients/new/", {}).status_code == 200

    # Over: by the clock alone, no job is needed. Everybody reads, nobody changes anything.
    moved(timedelta(seconds=1))
    assert refreshed(acme).status == "trial"
    assert "nothing can be changed" in words(office(), "/patients/")
    assert "You can read everything" in words(portal(), "/portal/")
    assert "no bookings" in words(stranger, "/")
    refused = office().send("/patients/new/", {"given_name": "A"})
    assert (refused.status_code, "was not stored" in refused.content.decode()) == (403, True)
    for _hour in range(2):
        worked(acme)
    assert news() == both("trial_over")

    # The days of grace pass: the job suspends the clinic. Staff reads, patients are told so.
    moved(GRACE - MINUTE)
    worked(acme)
    assert refreshed(acme).status == "trial"
    moved(GRACE + MINUTE)
    worked(acme)
    assert refreshed(acme).status == "suspended"
    assert news() == both("clinic_suspended")
    assert office().get("/patients/").status_code == 200
    for browser, path in ((portal(), "/portal/"), (stranger, "/")):
        answer = browser.get(path)
        assert (answer.status_code, "This clinic is suspended" in answer.content.decode()) == (403, True)

    # A plan is chosen on the page that still answers; the platform is told, and lets it begin.
    assert "Practice" in words(office(), "/plan/")
    assert office().send("/plan/choose/", {"plan": str(plan.pk)}).status_code == 302
    assert "Chosen, not begun yet" in words(office(), "/plan/")
    root = boss()
    worked(acme)
    with schema_context("public"):
        letter = OutboxMessage.objects.get(kind="plan_chosen", recipient=root.email)
        assert "Acme Family Clinic has chosen Practice" in letter.subject
        services.activate_plan(Subscription.objects.get(organization=acme), by=root)
    worked(acme)
    assert refreshed(acme).status == "active"
    assert news() == both("clinic_active")
    assert "Agreed price" in words(office(), "/plan/")
    assert portal().get("/portal/").status_code == 200
    assert office().send("/patients/new/", {}).status_code == 200

    # The platform's administration knows every step, and who took it.
    with schema_context("public"):
        steps = list(OrganizationEvent.objects.filter(organization=acme).values_list("status", "actor")[:2])
    assert steps == [("active", f"{root} (platform)"), ("suspended", "job suspend_after_grace")]


def both(kind: str) -> list[tuple[str, str]]:
    return [(kind, "ngozi@acme.example"), (kind, "second@acme.example")]


def boss() -> Any:
    with schema_context("public"):
        return superuser()


def test_a_trial_that_is_lengthened_goes_on_and_is_announced_anew(
    moved: Moves, acme: Any, admin: Member, news: News, client_for: Browser
) -> None:
    moved(timedelta(days=3))
    worked(acme)
    assert news() == [("trial_over", "ngozi@acme.example")]
    with schema_context("public"):
        extended = services.extend_trial(acme, by=boss(), days=7)
    assert extended.is_open
    assert extended.open_since == pytest.approx(timezone.now(), abs=MINUTE)
    directory.forget()
    assert client_for(admin).send("/patients/new/", {}).status_code == 200
    worked(acme)
    assert news() == [("trial_ends_soon", "ngozi@acme.example")]


def test_a_trial_shorter_than_a_reminder_is_not_announced_as_it_begins(moved: Moves, acme: Any) -> None:
    moved(-TRIAL + MINUTE)
    rules = PlatformPolicy(reminder_days=[30, 40])
    assert services.due_letter(refreshed(acme), rules) is None
    assert services.due_letter(refreshed(acme), PlatformPolicy(reminder_days=[29])) is None
    moved(-timedelta(days=29) + MINUTE)
    assert services.due_letter(refreshed(acme), PlatformPolicy(reminder_days=[29])) is not None


def test_the_directory_does_not_lead_to_a_trial_that_is_over(moved: Moves, acme: Any) -> None:
    for after, is_shown in ((-MINUTE, True), (MINUTE, False)):
        moved(after)
        assert Listing.objects.shown().filter(organization=acme).exists() == is_shown
    with schema_context("public"):
        services.activate_organization(acme, by=None)
    assert Listing.objects.shown().filter(organization=acme).exists()


def test_what_runs_by_itself_rests_with_the_clinic(moved: Moves, acme: Any, beta: Any) -> None:
    with schema_context("public"):
        services.activate_organization(beta, by=None)
    job = {where: next(job for job in JOBS.values() if job.clinics is where) for where in Clinics}
    still_done = {Clinics.OPEN, Clinics.READABLE, Clinics.SERVED}
    for after, ends in ((-DAY, None), (DAY, Clinics.OPEN), (GRACE + DAY, Clinics.READABLE)):
        moved(after)
        worked(acme)
        still_done -= {ends}
        for where in Clinics:
            assert (acme.schema_name in labels_of(where)) == (where in still_done), (where, after)
            assert beta.schema_name in labels_of(where)
        resting = {line.job.name for line in lines(in_clinic=True) if line.state == "resting"}
        assert resting == {job.name for job in JOBS.values() if job.clinics in set(Clinics) - still_done}
        assert (job[Clinics.OPEN].name in resting) == (ends is not None)


def test_money_mail_and_tidying_up_never_rest() -> None:
    always = {job.name for job in JOBS.values() if job.clinics is Clinics.SERVED}
    assert always >= {
        *("deliver_due", "write_of_clinics_life", "write_heads_down", "forget_old_forms"),
        *("ask_about_online_payments", "send_online_refunds"),
    }
    assert {JOBS[name].clinics for name in ("offer_free_times", "sweep_missed_visits", "tell_directory")} == {
        Clinics.OPEN
    }


def test_a_suspended_clinic_says_nothing_to_patients_until_it_is_open_again(acme: Any) -> None:
    for kind in ("reminder", "invoice", "password_reset_key"):
        enqueue(
            kind=kind,
            to="a@people.example",
            template="accounts/mail/unknown_account.txt",
            context={},
            key="1",
        )
    OutboxMessage.objects.update(due_at=timezone.now() - DAY)
    acme.status = "suspended"
    connection.set_tenant(acme)
    for message in OutboxMessage.objects.all():
        deliver_message(message.pk)
    deliver_due()
    assert dict(OutboxMessage.objects.values_list("kind", "status")) == {
        "reminder": "queued",
        "invoice": "queued",
        "password_reset_key": "sent",
    }
    acme.status = "active"
    connection.set_tenant(acme)
    deliver_due()
    assert OutboxMessage.objects.get(kind="invoice").status == "sent"


def test_every_letter_to_patients_waits() -> None:
    assert set(KINDS) >= WAITS_WHILE_SUSPENDED
    about_the_clinic = {"trial_ends_soon", "trial_over", "clinic_suspended", "clinic_active", "plan_chosen"}
    assert not WAITS_WHILE_SUSPENDED & about_the_clinic


def test_visits_of_the_time_of_reading_do_not_count_as_missed(moved: Moves, acme: Any) -> None:
    moved(-TRIAL + MINUTE)
    doctor, patient = DoctorFactory(), PatientFactory()
    at = {"before": -DAY, "closed": DAY * 3, "since": DAY * 5 + timedelta(hours=1)}
    visits = {}
    for name, after in at.items():
        begins = acme_end(acme) + after
        visits[name] = Appointment.objects.create(
            doctor=doctor.doctor,
            patient=patient,
            starts_at=begins,
            ends_at=begins + timedelta(minutes=20),
            status="booked",
            source="reception",
        )
    moved(-timedelta(hours=12))
    JOBS["sweep_missed_visits"].task(0)
    moved(DAY * 4)
    JOBS["sweep_missed_visits"].task(0)
    moved(DAY * 5)
    with schema_context("public"):
        services.extend_trial(acme, by=None, days=30)
    moved(DAY * 6)
    JOBS["sweep_missed_visits"].task(0)
    moved(DAY * 6)
    found = {name: Appointment.objects.get(pk=visit.pk).status for name, visit in visits.items()}
    assert found == {"before": "noshow", "closed": "booked", "since": "noshow"}


def acme_end(acme: Any) -> Any:
    return refreshed(acme).trial_ends_at
