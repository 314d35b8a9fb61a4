"""The demo is made by the product's own services, and only where it is asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.models import AgentAssignment
from billing.books.models import BookEntry, ClosedMonth, EntryFile
from billing.cash.models import CashMovement, CashSession
from billing.insurance.models import Payer, Policy
from billing.models import Claim, Invoice, Payment, TaxRate
from billing.models.invoices import uninvoiced
from clinic.db.current import connection
from clinic.demo import story
from clinic.demo.scene import read
from clinic.inbox.models import Notification
from clinic.notifications.models import OutboxMessage
from records.documents.models import HealthRecord, Paper, RecordFile
from records.models import Consultation, Diagnosis, Prescription, TextTemplate
from records.observations.models import Observation
from scheduling.models import (
    Appointment,
    AppointmentSeries,
    AppointmentType,
    Assistance,
    BookingPolicy,
    CalendarFeed,
    ClosingDay,
    WaitingListEntry,
)
from scheduling.queue.models import Department, QueueEntry
from tenants.models import Organization
from tests.billing.books.test_reports import assert_agreed
from tests.databases import where_we_are


def test_known_passwords_have_no_place_outside_a_demo() -> None:
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo")


@pytest.mark.parametrize("label", story.CLINICS)
def test_whatever_brings_people_is_told_to_its_end(label: str) -> None:
    texts = read("medicine")
    for case in [*texts["cases"]["everywhere"], *texts["cases"][label]]:
        assert {"reason", "complaints", "history", "examination", "diagnosis", "plan"} <= case.keys()


def test_a_few_days_leave_something_in_every_list(
    committed: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PAYMENTS_SANDBOX = True
    monkeypatch.setattr(story, "DAYS", 6)
    monkeypatch.setattr("clinic.demo.people.PATIENTS", 12)
    lines: list[str] = []
    with where_we_are():
        connection.set_schema_to_public()
        story.tell("lagoon", lines.append)
        made = amounts()
        story.tell("lagoon", lines.append)
        assert amounts() == made, "a second run on the same day adds nothing"
        assert posted() >= {("email", "sent"), ("sms", "sent"), ("email", "failed"), ("email", "uncertain")}
    assert lines
    assert all(made.values()), made

    with where_we_are():
        connection.set_schema_to_public()
        with tenant_context(Organization.objects.get(label="lagoon")):
            told = set(Notification.objects.unread().values_list("member__role", flat=True))
            assert_agreed("NGN")
    assert told == {"admin", "receptionist", "doctor", "patient", "agent"}, "everybody finds something"


def amounts() -> dict[str, int]:
    connection.set_schema_to_public()
    with tenant_context(Organization.objects.get(label="lagoon")):
        kinds = (
            *(Appointment, Consultation, Observation, Prescription, Invoice, Payment, OutboxMessage),
            *(TaxRate, CashSession, CashMovement, Payer, Policy, Claim),
            *(HealthRecord, RecordFile, Paper, Diagnosis, TextTemplate),
            *(ClosingDay, WaitingListEntry, Department, QueueEntry),
            *(AppointmentType, AppointmentSeries, CalendarFeed, Notification),
            *(BookEntry, EntryFile, ClosedMonth, AgentAssignment, Assistance),
        )
        left_over = Appointment.objects.missed(BookingPolicy().missed_after)
        assert not left_over, "nothing of the past is left for the sweep of missed visits"
        reminders = OutboxMessage.objects.filter(kind="reminder").count()
        waiting = uninvoiced(timezone.now() - timedelta(days=1)).count()
        made = {"reminders": reminders, "not invoiced yet": waiting}
        return made | {kind.__name__: kind.objects.count() for kind in kinds}


def posted() -> set[tuple[str, str]]:
    """By which ways messages went, and how far."""
    connection.set_schema_to_public()
    with tenant_context(Organization.objects.get(label="lagoon")):
        return set(OutboxMessage.objects.values_list("channel", "status"))
