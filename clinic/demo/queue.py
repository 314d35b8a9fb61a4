"""The demo's walk-ins: who takes a number at the laboratory and the nurse's room, and who calls them."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.members.models import Member, PatientProfile
from clinic.demo.scene import Scene, Timeline
from scheduling.queue.models import Department, Priority, QueueEntry
from scheduling.queue.services import (
    add_department,
    begin_service,
    call_next,
    complete_entry,
    leave_queue,
    return_to_queue,
    take_ticket,
)

# The department's letter: name, room, what people come for, and how many minutes that takes.
DEPARTMENTS = {
    "L": ("Laboratory", "Room 4", ("Blood test", "Urine test", "Malaria test"), (5, 12)),
    "N": (
        "Nurse's room",
        "Room 2",
        ("Change of dressing", "Injection", "Blood pressure", "Vaccination"),
        (6, 16),
    ),
}
# So many days tell what is usual; older ones would only take time to make.
DAYS = 8
LEAST, MOST = 6, 10
# Those who came within the last half hour: whoever opens the demo finds people waiting.
JUST_NOW = 5


def plan_queue(scene: Scene, line: Timeline, day: date) -> None:
    """Whoever comes without an appointment on `day`; on the first day the departments open."""
    if (scene.today - day).days >= DAYS or day.weekday() == 6:
        return
    known = {department.prefix: department for department in Department.objects.all()}
    patients = list(PatientProfile.objects.exclude(pk=scene.guest.pk).order_by("number"))
    for letter, (name, _room, reasons, _minutes) in DEPARTMENTS.items():
        department = known.get(letter) or add_department(by=scene.admin, name=name, prefix=letter)
        moments = [scene.clock(day, "08:00", "18:30") for _person in range(scene.random.randint(LEAST, MOST))]
        if day == scene.today:
            moments += [line.until - scene.minutes(1, 30) for _person in range(JUST_NOW)]
        for moment in moments:
            patient = scene.random.choice(patients) if scene.random.random() < 0.7 else None
            reason = scene.random.choice(reasons)
            line.add(moment, scene.desk, arrive, scene, line, department, patient, reason)


def arrive(
    scene: Scene,
    line: Timeline,
    department: Department,
    patient: PatientProfile | None,
    reason: str,
    *,
    by: Member,
) -> None:
    """Take a number; a few are urgent."""
    urgent = scene.random.random() < 0.12
    priority = Priority.URGENT if urgent else Priority.ROUTINE
    take_ticket(by=by, department=department, patient=patient, reason=reason, priority=priority)
    line.add(timezone.now(), by, serve, scene, line, department)


def serve(scene: Scene, line: Timeline, department: Department, *, by: Member) -> None:
    """Call the next one, unless somebody is in the room already."""
    today = QueueEntry.objects.today().filter(department=department)
    if today.here().exists() or not today.waiting().exists():
        return
    called = call_next(department, by=by, room=DEPARTMENTS[department.prefix][1])
    chance = scene.random.random()
    came = timezone.now() + scene.minutes(1, 2)
    if chance < 0.9:
        line.add(came, by, see, scene, line, called)
    else:
        missing = leave_queue if chance > 0.96 or called.calls > 1 else return_to_queue
        line.add(came, by, missing, called)
        line.add(came + timedelta(seconds=1), by, serve, scene, line, department)


def see(scene: Scene, line: Timeline, called: QueueEntry, *, by: Member) -> None:
    """See whoever was called, and then the next one."""
    begin_service(called, by=by)
    done = timezone.now() + scene.minutes(*DEPARTMENTS[called.department.prefix][3])
    line.add(done, by, complete_entry, called)
    line.add(done + timedelta(seconds=1), by, serve, scene, line, called.department)
