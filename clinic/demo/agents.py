"""The demo's agent: a few patients in its care, now and then a call or a ride, and somebody new today."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.members.models import AgentAssignment, Member, PatientProfile
from accounts.members.services import assign_agent, end_assignment
from clinic.demo.scene import Scene, Timeline, at
from scheduling.services import log_assistance, register_brought_patient

GIVEN = 7
NOTES = ("Lives with her daughter, best called in the evening", "", "", "Has no car: fetch from Ajah market")
# On these weekdays the agent is on the road.
ON_THE_ROAD = (1, 3)
DONE = (
    ("call", "Reminded of the visit"),
    ("transport", "Fetched from home and brought back"),
    ("visit", "Brought the letter of the clinic"),
    ("other", "Helped with the insurance form"),
)
# Whom the agent brings today; the clinic has still to answer.
NEW = {
    "given_name": "Grace",
    "family_name": "Effiong",
    "date_of_birth": date(1958, 9, 14),
    "phone": "+2348035550142",
}


def give_patients(scene: Scene, first: date) -> None:
    """The desk gives the agent its patients; one of them is taken back later, one for some months only."""
    known = PatientProfile.objects.exclude(pk=scene.guest.pk).with_people().order_by("number")[:GIVEN]
    with at(datetime.combine(first, time(8, 30), scene.zone), scene.desk):
        given = [
            assign_agent(
                patient,
                by=scene.desk,
                agent=scene.agent.agent,
                until=scene.today + timedelta(days=120) if number == 1 else None,
                notes=NOTES[number % len(NOTES)],
            )
            for number, patient in enumerate(known)
        ]
    with at(datetime.combine(first, time(16, 10), scene.zone), scene.desk):
        end_assignment(given[-1], by=scene.desk, reason="Comes with her son from now on")


def agents_patient(scene: Scene) -> PatientProfile:
    """One of the agent's patients."""
    own = AgentAssignment.objects.in_force().filter(agent_id=scene.agent.pk).with_people()
    assignment: AgentAssignment = scene.random.choice(list(own.order_by("patient__number")))
    return assignment.patient


def plan_agent(scene: Scene, line: Timeline, day: date) -> None:
    """What the agent does on `day` besides booking."""
    if day.weekday() in ON_THE_ROAD:
        line.add(scene.clock(day, "09:00", "17:00"), scene.agent, help_somebody, scene)
    if day == scene.today:
        line.add(line.until - timedelta(minutes=25), scene.agent, bring_somebody, scene)


def help_somebody(scene: Scene, *, by: Member) -> None:
    """A call, a ride, a visit at home: written down at once."""
    kind, note = scene.random.choice(DONE)
    patient = agents_patient(scene)
    own = AgentAssignment.objects.in_force().get(agent_id=by.pk, patient=patient)
    log_assistance(own, by=by, kind=kind, happened_at=timezone.now(), note=note)


def bring_somebody(scene: Scene, *, by: Member) -> None:
    """The agent registers somebody new."""
    register_brought_patient(by=by, **NEW)
