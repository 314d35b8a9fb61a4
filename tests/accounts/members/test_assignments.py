"""Which agent has which patient: asked, given, ended; one at a time, and never rewritten."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members import services
from accounts.members.jobs import end_assignments
from accounts.members.models import AgentAssignment, Member
from accounts.members.roles import Role
from clinic.inbox.models import Notification
from clinic.models import Refusal
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def agent() -> Any:
    """An agent with a log-in."""
    return with_login(StaffFactory(role=Role.AGENT)).agent


@pytest.fixture
def desk() -> Member:
    """The receptionist."""
    return with_login(StaffFactory())


def asked(agent: Any, patient: Any = None) -> AgentAssignment:
    return services.request_assignment(
        patient or PatientFactory(), by=agent.member, agent=agent, given_as="ada obi"
    )


def test_the_desk_assigns_and_ends_with_a_reason(agent: Any, desk: Member, client_for: Browser) -> None:
    patient, browser = PatientFactory(), client_for(desk)
    until = timezone.localdate() + 30 * A_DAY
    page = reverse("members:assign_agent", args=[patient.pk])
    assert agent.name in browser.get(page).content.decode()
    browser.send(page, {"agent": agent.pk, "until": until, "notes": "Speaks Igbo"})
    given = AgentAssignment.objects.get()
    assert (given.status, given.since, given.until, given.assigned_by) == (
        *("active", timezone.localdate(), until, desk),
    )
    shown = browser.get(reverse("members:patient", args=[patient.pk])).content.decode()
    assert agent.name in shown
    assert "Speaks Igbo" in shown
    browser.send(
        reverse("members:update_assignment", args=[given.pk]), {"since": given.since, "notes": "Ill"}
    )
    end = reverse("members:end_assignment", args=[given.pk])
    assert browser.send(end, {"reason": ""}).status_code == 200
    browser.send(end, {"reason": "Moved away"})
    given.refresh_from_db()
    assert (given.status, given.notes, given.until, given.end_reason) == ("ended", "Ill", None, "Moved away")
    told = Notification.objects.filter(member=agent.member).order_by("created_at")
    assert [news.kind for news in told] == ["agent_has_patient", "agent_lost_patient"]


def test_a_patient_ends_it(agent: Any, desk: Member, client_for: Browser) -> None:
    patient = PatientFactory()
    browser = client_for(with_login(patient.member))
    given = services.assign_agent(patient, by=desk, agent=agent)
    others = services.assign_agent(PatientFactory(), by=desk, agent=agent)
    assert agent.name in browser.get(reverse("members:me")).content.decode()
    page = reverse("members:end_my_agent", args=[others.pk])
    assert browser.send(page, {}).status_code == 404
    with pytest.raises(Refusal, match="somebody else"):
        services.end_my_agent(others, by=patient.member)
    browser.send(reverse("members:end_my_agent", args=[given.pk]), {})
    given.refresh_from_db()
    assert (given.status, given.ended_by) == ("ended", patient.member)
    assert Notification.objects.filter(member=desk, kind="patient_ended_agent").exists()


def test_of_what_is_declined_the_agent_hears_the_own_words_only(agent: Any, desk: Member) -> None:
    wish = asked(agent)
    services.decline_assignment(wish, by=desk, reason="Nobody knows this agent")
    told = Notification.objects.get()
    assert (told.kind, told.facts) == ("agent_not_given_patient", {"patient": "ada obi"})
    assert asked(agent, wish.patient).pk != wish.pk, "the agent may ask again"


def test_a_wish_is_answered_by_assigning(agent: Any, desk: Member) -> None:
    wish = asked(agent)
    assert asked(agent, wish.patient) == wish
    assert services.assign_agent(wish.patient, by=desk, agent=agent).pk == wish.pk
    with pytest.raises(Refusal, match="has the patient already"):
        services.assign_agent(wish.patient, by=desk, agent=agent)


def test_an_agent_without_access_is_given_nobody(agent: Any, desk: Member) -> None:
    services.deactivate_member(agent.member, by=None)
    agent.member.refresh_from_db()
    with pytest.raises(Refusal, match="no access"):
        services.assign_agent(PatientFactory(), by=desk, agent=agent)


def test_the_last_day_counts_and_the_next_does_not(agent: Any, desk: Member) -> None:
    today, patient = timezone.localdate(), PatientFactory()
    with pytest.raises(Refusal, match="not before the first"):
        services.assign_agent(patient, by=desk, agent=agent, until=today - A_DAY)
    services.assign_agent(patient, by=desk, agent=agent, until=today)
    early = services.assign_agent(PatientFactory(), by=desk, agent=agent, since=today + A_DAY)
    assert [given.patient for given in AgentAssignment.objects.in_force()] == [patient]
    with time_machine.travel(timezone.now() + A_DAY):
        assert list(AgentAssignment.objects.in_force()) == [early]
        again = services.assign_agent(patient, by=desk, agent=agent)
        assert again in AgentAssignment.objects.in_force()
        assert AgentAssignment.objects.get(status="ended").end_reason == "The last day has passed."


def test_what_has_passed_its_last_day_is_ended_by_itself(agent: Any, desk: Member) -> None:
    given = services.assign_agent(PatientFactory(), by=desk, agent=agent, until=timezone.localdate())
    services.end_over_assignments()
    given.refresh_from_db()
    assert given.status == "active"
    with time_machine.travel(timezone.now() + A_DAY):
        assert services.end_over_assignments() == 1
    given.refresh_from_db()
    assert (given.status, given.ended_by) == ("ended", None)
    assert end_assignments.name


def test_two_never_run_for_the_same_two(agent: Any, desk: Member) -> None:
    given = services.assign_agent(PatientFactory(), by=desk, agent=agent)
    for status, facts in (("active", {"since": timezone.localdate()}), ("requested", {"given_as": "Ada"})):
        with pytest.raises(IntegrityError, match="one_running"), transaction.atomic():
            AgentAssignment.objects.create(agent=agent, patient=given.patient, status=status, **facts)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"given_as": "Somebody else"}, "keeps its agent"),
        ({"status": "requested"}, "change of state"),
        ({"status": "ended", "ended_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)}, "end_reason"),
        ({"status": "ended", "end_reason": "Moved"}, "assignment_ended|end_reason"),
        ({"since": None}, "assignment_since"),
        ({"until": datetime.date(2000, 1, 1)}, "assignment_days"),
    ],
)
def test_the_database_keeps_an_assignment(agent: Any, desk: Member, facts: dict[str, Any], said: str) -> None:
    given = services.assign_agent(PatientFactory(), by=desk, agent=agent)
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        AgentAssignment.objects.filter(pk=given.pk).update(**facts)


def test_an_assignment_keeps_its_two_people_and_is_never_deleted(agent: Any, desk: Member) -> None:
    given = services.assign_agent(PatientFactory(), by=desk, agent=agent)
    for change in ({"patient": PatientFactory()}, {"agent": StaffFactory(role=Role.AGENT).agent}):
        with pytest.raises(IntegrityError, match="keeps its agent"), transaction.atomic():
            AgentAssignment.objects.filter(pk=given.pk).update(**change)
    with pytest.raises(IntegrityError, match="keeps its agent"), transaction.atomic():
        given.delete()


def test_what_has_ended_stays_as_it_was(agent: Any, desk: Member) -> None:
    given = services.assign_agent(PatientFactory(), by=desk, agent=agent)
    services.end_assignment(given, by=desk, reason="Moved")
    with pytest.raises(IntegrityError, match="stays as it was"), transaction.atomic():
        AgentAssignment.objects.filter(pk=given.pk).update(notes="Later")
    with pytest.raises(Refusal, match="Assign the agent anew"):
        services.update_assignment(given, by=desk, since=None, until=None, notes="Later")


def test_the_admin_assigns_and_ends(agent: Any, client_for: Browser) -> None:
    admin = client_for(with_login(StaffFactory(role=Role.ADMIN)))
    patient, add = PatientFactory(), reverse("admin:members_agentassignment_add")
    admin.post(add, {"patient": patient.pk, "agent": agent.pk, "since": "", "until": "", "notes": "x"})
    given = AgentAssignment.objects.get()
    assert given.status == "active"
    change = reverse("admin:members_agentassignment_change", args=[given.pk])
    assert admin.get(change).status_code == 200
    wanted = {"action": "end_assignment", "_selected_action": [given.pk]}
    admin.post(reverse("admin:members_agentassignment_changelist"), wanted)
    given.refresh_from_db()
    assert given.status == "ended"
    assert admin.get(change).status_code == 200
