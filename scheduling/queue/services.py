"""What people do with the queue: one function, one verb, one transaction."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.members.models import Member, PatientProfile
from clinic.models import Refusal, relayed
from scheduling.queue.models import Department, Priority, QueueEntry, paces
from scheduling.services.times import refuse_when_closed

# --- Departments ---------------------------------------------------------------------------------


@transaction.atomic
def add_department(*, by: Member | None, name: str, prefix: str) -> Department:
    """Open a department. Raises Refusal."""
    return _stored(Department(name=name, prefix=prefix))


@transaction.atomic
def update_department(department: Department, *, by: Member | None, name: str, prefix: str) -> Department:
    """Change the name or the letter; slips handed out keep theirs. Raises Refusal."""
    changed = Department.objects.locked(department.pk)
    changed.name, changed.prefix = name, prefix
    return _stored(changed)


@transaction.atomic
def retire_department(department: Department, *, by: Member | None) -> Department:
    """Close a department for good. Refused while people wait there."""
    closed = Department.objects.locked(department.pk)
    here = closed.entries.today().open().count()
    if here:
        raise Refusal(
            ngettext(
                "%(count)d person still waits here. Call them first, or note that they left.",
                "%(count)d people still wait here. Call them first, or note that they left.",
                here,
            )
            % {"count": here}
        )
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    return closed


@transaction.atomic
def reopen_department(department: Department, *, by: Member | None) -> Department:
    """Open a department again. Raises Refusal when its letter has gone to another one."""
    opened = Department.objects.locked(department.pk)
    opened.is_active = True
    return _stored(opened)


def _stored(department: Department) -> Department:
    department.name = department.name.strip()
    department.prefix = department.prefix.strip().upper()
    department.clean_fields()
    handed_out = QueueEntry.objects.today().filter(token__startswith=f"{department.prefix}-")
    if handed_out.exclude(department=department.pk).exists():
        raise Refusal(
            _("Slips with this letter were handed out today. Choose another letter, or wait until tomorrow."),
            "prefix",
        )
    with relayed(Department):
        if department._state.adding:
            department.save(force_insert=True)
        else:
            department.save(update_fields=["name", "prefix", "is_active"])
    return department


# --- Numbers -------------------------------------------------------------------------------------


@transaction.atomic
def take_ticket(
    *,
    by: Member | None,
    department: Department,
    patient: PatientProfile | None = None,
    name: str = "",
    reason: str = "",
    priority: int = Priority.ROUTINE,
) -> QueueEntry:
    """Give somebody the department's next number today. Raises Refusal.

    The number is drawn behind the lock of the department's row: a transaction that fails gives it back.
    """
    refuse_when_closed()
    counted = Department.objects.locked(department.pk)
    if not counted.is_active:
        raise Refusal(_("This department takes nobody any more. Choose another one."), "department")
    counted.count_one(timezone.localdate())
    entry = QueueEntry(
        department=counted,
        day=counted.last_day,
        number=counted.last_number,
        token=counted.token,
        patient=patient,
        name="" if patient else name.strip(),
        reason=reason,
        priority=priority,
        taken_by=by,
    )
    ahead = QueueEntry.objects.before(entry).count()
    entry.estimated_minutes = paces([counted.pk])[counted.pk].wait(ahead)
    with relayed(Department):
        counted.save(update_fields=["last_day", "last_number"])
    with relayed(QueueEntry):
        entry.save(force_insert=True)
    return entry


@transaction.atomic
def change_priority(entry: QueueEntry, *, by: Member | None, priority: int) -> QueueEntry:
    """Let somebody who waits be called earlier or later. Raises Refusal."""
    waiting = QueueEntry.objects.locked(entry.pk)
    QueueEntry.TRANSITIONS.target("call_next", waiting.status)
    waiting.priority = priority
    with relayed(QueueEntry):
        waiting.save(update_fields=["priority"])
    return waiting


# --- Calling -------------------------------------------------------------------------------------


@transaction.atomic
def call_next(department: Department, *, by: Member | None, room: str) -> QueueEntry:
    """Call whoever is next to `room`. Raises Refusal when nobody waits.

    Whoever is being called by somebody else at this very moment is skipped, not waited for: two callers never
    call the same person.
    """
    room = room.strip()
    if not room:
        raise Refusal(_("Say to which room people are called."), "room")
    queue = QueueEntry.objects.today().filter(department=department.pk).waiting()
    found: QueueEntry | None = queue.select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        raise Refusal(_("Nobody is waiting here."))
    return found.move("call_next", room=room, called_by=by, **_called(found))


@transaction.atomic
def recall_entry(entry: QueueEntry, *, by: Member | None) -> QueueEntry:
    """Call the same person once more."""
    called = _locked(entry)
    return called.move("recall_entry", called_by=by, **_called(called))


@transaction.atomic
def return_to_queue(entry: QueueEntry, *, by: Member | None) -> QueueEntry:
    """Whoever was called is not there: the next ones go first."""
    return _locked(entry).move(
        "return_to_queue", called_at=None, called_by=None, room="", turn_at=timezone.now()
    )


@transaction.atomic
def begin_service(entry: QueueEntry, *, by: Member | None) -> QueueEntry:
    """Whoever was called is here and is being seen."""
    return _locked(entry).move("begin_service", started_at=timezone.now())


@transaction.atomic
def complete_entry(entry: QueueEntry, *, by: Member | None) -> QueueEntry:
    """Whoever was being seen is done."""
    return _locked(entry).move("complete_entry", completed_at=timezone.now())


@transaction.atomic
def leave_queue(entry: QueueEntry, *, by: Member | None) -> QueueEntry:
    """Somebody went away."""
    return _locked(entry).move("leave_queue", left_at=timezone.now())


def _locked(entry: QueueEntry) -> QueueEntry:
    locked: QueueEntry = QueueEntry.objects.locked(entry.pk)
    return locked


def _called(entry: QueueEntry) -> dict[str, Any]:
    now: datetime.datetime = timezone.now()
    return {"called_at": now, "calls": entry.calls + 1}
