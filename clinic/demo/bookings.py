"""How the demo's visits come about: by telephone, on the public page, in the portal, through the agent."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from clinic.demo.agents import agents_patient
from clinic.demo.people import new_names, person
from clinic.demo.scene import Scene, Timeline
from clinic.demo.visits import plan_visit
from scheduling.models import Appointment, AppointmentType, Slot, Source, free_slots
from scheduling.services import (
    book_appointment,
    confirm_appointment,
    confirm_request,
    decline_appointment,
    let_hold_go,
    request_appointment,
)

# Calls and requests a day, Monday to Sunday; the clinic has become known, so a month ago they were fewer.
ASKED = (9, 8, 8, 8, 8, 6, 5)
BUSY_DAYS, SHARE_BEFORE = 16, 0.32
# How far ahead people book, in days, and how often.
AHEAD, HOW_OFTEN = ((0, 1), (2, 4), (5, 8), (9, 13)), (28, 36, 24, 12)
# Which days, seen from today, the demo's own patient books, and how far ahead.
GUEST = {-84: 2, -57: 3, -36: 2, -13: 3, -6: 2, -3: 5, -1: 10}


def plan_bookings(scene: Scene, line: Timeline, day: date) -> None:
    """Whoever asks for a visit on `day`, and what the desk answers to those who asked before."""
    for overdue in Appointment.objects.overdue_holds():
        let_hold_go(overdue)
    for request in Appointment.objects.awaiting_confirmation().with_people():
        plan_answer(scene, line, request, scene.clock(day, "08:05", "09:30"))
    today = scene.today
    share = 1 if (today - day).days < BUSY_DAYS else SHARE_BEFORE
    for _person in range(int(ASKED[day.weekday()] * share + scene.random.random())):
        plan_booking(scene, line, day)
    if (day - today).days in GUEST:
        ahead = timedelta(days=GUEST[(day - today).days])
        moment = scene.clock(day, "07:00", "07:45")
        line.add(moment, scene.guest.member, book, scene, line, scene.guest, Source.PORTAL, day + ahead)
    if 0 <= (today - day).days <= 2:
        for _person in range(3):
            moment = scene.clock(day, "08:10", "17:00")
            line.add(moment, scene.desk, book, scene, line, None, Source.RECEPTION, today)
    if day == today:
        plan_today(scene, line)


def plan_booking(scene: Scene, line: Timeline, day: date) -> None:
    """Somebody asks, through one of the doors."""
    chance = scene.random
    least, most = chance.choices(AHEAD, HOW_OFTEN)[0]
    wanted = day + timedelta(days=chance.randint(least, most))
    door = chance.choices((Source.RECEPTION, Source.PUBLIC, Source.AGENT), (52, 38, 10))[0]
    if door == Source.PUBLIC:
        line.add(scene.clock(day, "06:30", "22:00"), None, request, scene, line, wanted)
        return
    by = scene.agent if door == Source.AGENT else scene.desk
    line.add(scene.clock(day, "08:10", "17:00"), by, book, scene, line, None, door, wanted)


def plan_today(scene: Scene, line: Timeline) -> None:
    """The requests that nobody has answered yet when the visitor looks."""
    for minutes, ahead in ((140, 1), (55, 2), (12, 3)):
        moment = line.until - timedelta(minutes=minutes)
        wanted = timezone.localdate(moment) + timedelta(days=ahead)
        line.add(moment, None, request, scene, line, wanted, is_answered=False)


def book(
    scene: Scene, line: Timeline, patient: PatientProfile | None, door: str, wanted: date, *, by: Member
) -> None:
    """The desk, the agent or the patient books a time."""
    slot = find_slot(scene, wanted)
    if slot is None:
        return
    doctor = next(doctor for doctor in scene.doctors if doctor.pk == slot.doctor_id)
    patient = patient or (agents_patient(scene) if door == Source.AGENT else some_patient(scene))
    reason = scene.random.choice(scene.cases)["reason"]
    booked = book_appointment(
        by=by,
        doctor=doctor,
        patient=patient,
        starts_at=slot.starts_at,
        appointment_type=ordinary(),
        reason=reason,
        source=door,
    )
    if wanted == timezone.localdate() == timezone.localdate(booked.starts_at):
        plan_visit(scene, line, booked)


def request(scene: Scene, line: Timeline, wanted: date, *, by: None, is_answered: bool = True) -> None:
    """A patient, or somebody new, asks on the public page."""
    slot = find_slot(scene, wanted)
    if slot is None:
        return
    doctor = next(doctor for doctor in scene.doctors if doctor.pk == slot.doctor_id)
    reason = scene.random.choice(scene.cases)["reason"]
    asked = request_appointment(
        doctor=doctor,
        starts_at=slot.starts_at,
        appointment_type=ordinary(),
        reason=reason,
        **somebody(scene),
    )
    if is_answered and scene.random.random() < 0.04 and asked.held_until:
        line.add(asked.held_until + timedelta(minutes=1), None, let_go, asked)
    else:
        line.add(timezone.now() + scene.minutes(2, 25), None, vouch, scene, line, asked, is_answered)


def vouch(scene: Scene, line: Timeline, asked: Appointment, is_answered: bool, *, by: None) -> None:
    """The patient opens the message and confirms the request; mostly the desk answers soon after."""
    kept = confirm_request(asked, proof=asked.proof)
    if is_answered and scene.random.random() < 0.85:
        plan_answer(scene, line, kept, timezone.now() + scene.minutes(15, 150))


def plan_answer(scene: Scene, line: Timeline, asked: Appointment, moment: datetime) -> None:
    """The desk confirms, now and then declines."""
    local = timezone.localtime(moment)
    kind = scene.random.random()
    if not 8 <= local.hour < 18:
        return
    if kind < 0.07:
        line.add(moment, scene.desk, decline, scene, asked)
    else:
        line.add(moment, scene.desk, confirm, scene, line, asked)


def confirm(scene: Scene, line: Timeline, asked: Appointment, *, by: Member) -> None:
    """Accept; a visit of the same day is still to be lived through."""
    confirmed = confirm_appointment(asked, by=by)
    if timezone.localdate(confirmed.starts_at) == timezone.localdate():
        plan_visit(scene, line, confirmed)


def decline(scene: Scene, asked: Appointment, *, by: Member) -> None:
    """Turn down, for one of the usual reasons."""
    decline_appointment(asked, by=by, reason=scene.random.choice(scene.texts["declines"]))


def let_go(asked: Appointment, *, by: None) -> None:
    """What the worker does with a request whose message was never opened."""
    let_hold_go(asked)


def ordinary() -> AppointmentType | None:
    """The kind of visit that is as long as the hours say."""
    return AppointmentType.objects.filter(kind="routine").first()


def find_slot(scene: Scene, wanted: date) -> Slot | None:
    """A free time on the wanted day or the two after it; most take one of the first."""
    keys = [doctor.pk for doctor in scene.doctors]
    free = [
        slot
        for slot in free_slots(keys, wanted, wanted + timedelta(days=2))
        if slot.starts_at > timezone.now()
    ]
    first = timezone.localdate(min(slot.starts_at for slot in free)) if free else None
    free = [slot for slot in free if timezone.localdate(slot.starts_at) == first]
    return scene.random.choice(free) if free else None


def some_patient(scene: Scene) -> PatientProfile:
    """One of the patients there are."""
    keys = PatientProfile.objects.exclude(pk=scene.guest.pk).order_by("number").values_list("pk", flat=True)
    return PatientProfile.objects.with_people().get(pk=scene.random.choice(list(keys)))


def somebody(scene: Scene) -> dict[str, Any]:
    """Who asks on the public page: mostly somebody known, sometimes somebody new."""
    if scene.random.random() < 0.06:
        facts = person(scene, *new_names(scene, 1)[0])
        return {
            name: facts[name] for name in ("given_name", "family_name", "email", "phone", "date_of_birth")
        }
    patient = some_patient(scene)
    member = patient.member
    return {
        "given_name": member.given_name,
        "family_name": member.family_name,
        "email": member.email,
        "phone": member.phone,
        "date_of_birth": patient.date_of_birth,
    }
