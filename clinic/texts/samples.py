"""A message as it might go out tomorrow, to people who do not exist: to look at words before they go."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.utils import timezone

from clinic.db.current import connection
from clinic.notifications.models import Channel
from clinic.notifications.sms import is_gsm, segments
from clinic.texts.composing import compose
from clinic.texts.wordings import Wording

DOCTOR = SimpleNamespace(member=SimpleNamespace(name="Dr. Maria Weber"), name="Dr. Maria Weber")
PATIENT = SimpleNamespace(member=SimpleNamespace(given_name="Ada", name="Ada Obi"), name="Ada Obi")


class Preview(NamedTuple):
    """A message as its reader gets it."""

    subject: str
    body: str
    # Of a text message: its letters, how many messages a phone makes of them, and whether all are plain.
    letters: int
    segments: int
    is_plain: bool


def preview(wording: Wording, channel: str, language: str, words: Any) -> Preview:
    """The message with these words of the clinic ({} for ours), said to somebody invented."""
    subject, body = compose(wording.kind, channel, wording.template(channel), sample(), language, dict(words))
    is_sms = channel == Channel.SMS
    return Preview(subject, body, len(body), segments(body) if is_sms else 0, is_gsm(body))


def sample() -> dict[str, Any]:
    """All that templates of messages speak of, invented."""
    clinic = connection.tenant
    book, page = clinic.url("/"), clinic.url("/visit/7hQ2mX/")
    first, second, third = (_visit(days) for days in (3, 10, 17))
    return {
        "clinic": clinic,
        "patient": PATIENT,
        "doctor": DOCTOR,
        "appointment": first,
        "visits": [(visit, page) for visit in (first, second, third)],
        "changes": [(first, second, page), (third, None, "")],
        "wish": SimpleNamespace(patient=PATIENT, last_day=None),
        "today": timezone.localdate(),
        "is_late": False,
        "link": page,
        "book": book,
        "pay": clinic.url("/pay/7hQ2mX/"),
        **_money(clinic.currency),
    }


def _visit(days: int) -> SimpleNamespace:
    """A visit so many days from now, in the morning."""
    at = datetime.combine(timezone.localdate() + timedelta(days=days), time(9, 30))
    starts_at = timezone.make_aware(at)
    held_until = starts_at - timedelta(days=1)
    address = connection.tenant.address
    facts = {"patient": PATIENT, "doctor": DOCTOR, "awaits_patient": False, "address": address}
    return SimpleNamespace(starts_at=starts_at, held_until=held_until, **facts)


def _money(currency: str) -> dict[str, Any]:
    """An invoice that is not paid, and a statement that says so."""
    owed, today = Decimal(120), timezone.localdate()
    invoice = SimpleNamespace(
        reference="2026-0042",
        currency=currency,
        due_on=today + timedelta(days=14),
        total=owed,
        claimed=Decimal(0),
        payable=owed,
        takes_payment=True,
    )
    period = {"first": today.replace(month=1, day=1), "last": today, "currency": currency}
    statement = SimpleNamespace(closing=owed, insured=Decimal(0), owed=owed, **period)
    return {"invoice": invoice, "statements": [statement]}
