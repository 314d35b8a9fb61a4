"""Reminding patients of their visits, each once, at the hours that the clinic's rules say."""

from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from clinic.notifications.services import ask_before_sending, delivered_together
from scheduling import emails, news
from scheduling.models import BookingPolicy
from scheduling.models.reminders import KIND, Reminder, due_reminders, is_wanted
from scheduling.services.times import is_too_near

log = structlog.get_logger(__name__)
# So many visits are looked at in one transaction: whoever wants to change one of them waits for its end.
AT_ONCE = 100


class NotAllReminded(Exception):
    """Some reminders could not be written; the others were."""


def remind_patients() -> int:
    """Write every reminder that is due, each once; of how many visits. Raises NotAllReminded."""
    policy = BookingPolicy.objects.current()
    tried: set[UUID] = set()
    failed, alone = 0, 0
    while True:
        due: list[Reminder] = []
        try:
            _remind(due, policy, 1 if alone else AT_ONCE, tried)
        except Exception:
            if not due:
                raise
            if len(due) > 1:
                # What is wrong with one patient's is not the others': once more, each by itself.
                alone = len(due)
                continue
            log.exception("reminder_failed", appointment=str(due[0].appointment.pk))
            failed += 1
        if not due:
            break
        alone = max(alone - 1, 0)
        tried |= {reminder.appointment.pk for reminder in due}
    if failed:
        raise NotAllReminded(f"{failed} of {len(tried)}")
    return len(tried)


@transaction.atomic
def _remind(due: list[Reminder], policy: BookingPolicy, most: int, tried: set[UUID]) -> None:
    """Write the next reminders, all or none; `due` is told which they are."""
    due += due_reminders(policy, most, tried)
    with delivered_together():
        for reminder in due:
            _write(reminder, policy)
    reminded = [news.Happening(reminder.appointment) for reminder in due]
    news.tell_all("remind_patients", reminded, by=None)


def _write(reminder: Reminder, policy: BookingPolicy) -> None:
    visit = reminder.appointment
    ways = dict.fromkeys(emails.way_to(visit.patient, channel) for channel in reminder.channels)
    for way in ways:
        key = f"{visit.pk} {reminder.due_at.isoformat()}" if way.to else f"{visit.pk} {reminder.phone}"
        late = is_too_near(visit, policy)
        emails.tell(KIND, visit, channel=way.channel, due_at=reminder.due_at, key=key, is_late=late)


@ask_before_sending(KIND)
def is_still_wanted(about_id: Any) -> bool:
    """No reminder is sent of a visit that was moved or called off meanwhile, or that has begun."""
    return is_wanted(about_id)
