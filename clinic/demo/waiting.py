"""The demo's waiting list: some wait, one has an offer to answer, one has taken the time that became free."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from clinic.demo.bookings import some_patient
from clinic.demo.scene import Scene, Timeline
from scheduling.models import Appointment, Status, WaitingListEntry
from scheduling.services import accept_offer, join_waiting_list

# After the last visit of the day: only an evening opening would bring these.
EVENING = {"earliest_time": time(18, 45)}
PRIORITY = WaitingListEntry.Priority
# How many minutes ago, which doctor (by number; None: whoever is free first), and what is wished for.
WISHES: tuple[tuple[int, int | None, dict[str, Any]], ...] = (
    (410, 0, {**EVENING, "weekdays": [2, 4], "note": "Works until six"}),
    (335, 1, {**EVENING, "priority": PRIORITY.URGENT, "note": "Results to discuss"}),
    (190, None, {**EVENING, "note": "Comes with two children"}),
    (45, 2, {"priority": PRIORITY.ASAP}),
)
SETTLED = 170


def plan_waiting(scene: Scene, line: Timeline, day: date) -> None:
    """Whom the desk puts on the list today, and the demo's own patient."""
    if day != scene.today:
        return
    for minutes, number, wished in WISHES:
        moment = line.until - timedelta(minutes=minutes)
        whom = _whom(scene, number)
        line.add(moment, scene.desk, wait, scene, None, **whom, **wished)
    moment = line.until - timedelta(minutes=SETTLED)
    line.add(moment, scene.desk, wait_and_take, scene, line)
    moment = line.until - timedelta(minutes=120)
    line.add(moment, scene.guest.member, wait, scene, scene.guest, **_whom(scene, None), **EVENING)


def wait(scene: Scene, patient: PatientProfile | None, *, by: Member, **wished: Any) -> WaitingListEntry:
    """Somebody is put on the list."""
    last_day = timezone.localdate() + timedelta(days=21)
    return join_waiting_list(by=by, patient=patient or some_patient(scene), last_day=last_day, **wished)


def wait_and_take(scene: Scene, line: Timeline, *, by: Member) -> None:
    """Somebody waits, is offered a time at once, and takes it a little later."""
    entry = wait(scene, None, by=by, **_whom(scene, 0))
    if entry.appointment:
        moment = timezone.now() + scene.minutes(10, 40)
        line.add(moment, entry.patient.member, take, entry.appointment)


def take(offer: Appointment, *, by: Member) -> None:
    """The patient takes the offered time."""
    if offer.status == Status.PROPOSED:
        accept_offer(offer, by=by)


def _whom(scene: Scene, number: int | None) -> dict[str, Any]:
    if number is None:
        return {"specialisation": scene.doctors[0].specialisation}
    return {"doctor": scene.doctors[number % len(scene.doctors)]}
