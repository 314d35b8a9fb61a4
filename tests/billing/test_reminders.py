"""Patients are reminded of what they owe and is overdue: as often as the clinic wants, each time once."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from billing import services
from billing.models import Invoice, InvoiceReminder
from billing.services.letters import told_of
from billing.services.reminders import NotAllReminded
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import deliver_message
from tests.billing.factories import issued, pay
from tests.billing.insurance.factories import insured
from tests.billing.test_letters import delivered, papers
from tests.people import PatientFactory, StaffFactory, with_login

ADA = "ada@people.example"


def owed(**facts: Any) -> Invoice:
    """An invoice that is due in two weeks, of a patient who can be reached."""
    return issued("120", patient=PatientFactory(**{"email": ADA, **facts}))


def days_after(invoice: Invoice, days: int) -> Any:
    """So many days after the invoice was due, at noon."""
    assert invoice.due_on
    moment = timezone.make_aware(datetime.combine(invoice.due_on, time(12)))
    return time_machine.travel(moment + timedelta(days=days), tick=False)


def reminding(**rules: Any) -> None:
    services.update_billing_policy(
        by=None, **{"reminds": True, "reminder_days": 7, "most_reminders": 2, **rules}
    )


@pytest.mark.django_db
def test_the_first_comes_days_after_it_was_due_and_the_next_as_many_later() -> None:
    invoice = owed()
    reminding()
    written = {}
    for day in range(1, 40):
        with days_after(invoice, day):
            if services.remind_of_overdue():
                written[day] = services.remind_of_overdue()
    # Done twice on a day, it reminds once; after the second one it is silent.
    assert written == {7: 0, 14: 0}
    assert list(invoice.reminders.values_list("number", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_a_clinic_that_does_not_want_it_reminds_nobody() -> None:
    invoice = owed()
    with days_after(invoice, 20):
        assert services.remind_of_overdue() == 0
        assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_a_reminder_goes_out_with_the_invoice_and_says_what_is_open() -> None:
    invoice = owed(language="de")
    pay(invoice, "20")
    with days_after(invoice, 7):
        services.remind_of_invoice(invoice, by=None)
        letter = delivered()
    assert letter.subject.startswith(f"Erinnerung: Rechnung {invoice.reference}")
    assert "100,00" in letter.body
    assert "Thing" not in letter.subject + letter.body
    assert [name for name, _content in papers(letter)] == [f"{invoice.reference}.pdf"]


@pytest.mark.django_db
def test_who_has_no_address_gets_a_text_message() -> None:
    invoice = owed(email="", phone="+2348031234567")
    with days_after(invoice, 1):
        services.remind_of_invoice(invoice, by=None)
    message = OutboxMessage.objects.get()
    assert (message.channel, message.enclosure) == ("sms", {})
    assert invoice.reference in message.body
    assert "120.00" in message.body


@pytest.mark.django_db
def test_who_can_be_reached_in_no_way_is_not_reminded_and_stops_nobody() -> None:
    unreachable, invoice = owed(email="", phone=""), owed()
    reminding()
    with days_after(invoice, 7):
        with pytest.raises(Refusal, match="neither e-mail address nor mobile number"):
            services.remind_of_invoice(unreachable, by=None)
        assert services.remind_of_overdue() == 1
    assert InvoiceReminder.objects.get().invoice_id == invoice.pk


@pytest.mark.django_db
def test_what_is_paid_before_the_letter_leaves_is_not_reminded_of() -> None:
    invoice = owed()
    with days_after(invoice, 1):
        services.remind_of_invoice(invoice, by=None)
        pay(invoice, "120")
        deliver_message(OutboxMessage.objects.get().pk)
    assert OutboxMessage.objects.get().status == "void"
    assert not mail.outbox


@pytest.mark.django_db
def test_what_an_insurance_is_asked_for_is_not_asked_of_the_patient() -> None:
    invoice = owed()
    services.claim_invoice(invoice, by=None, policy=insured("100", patient=invoice.patient))
    reminding()
    with days_after(invoice, 7):
        assert services.remind_of_overdue() == 0
        with pytest.raises(Refusal, match="owes nothing"):
            services.remind_of_invoice(invoice, by=None)


@pytest.mark.django_db
def test_the_desk_reminds_from_the_page_once_a_day(client_for: Callable[..., Any]) -> None:
    invoice = owed()
    page = invoice.get_absolute_url()
    with days_after(invoice, 1):
        desk = client_for(with_login(StaffFactory()))
        assert "Send a reminder" in desk.get(page).content.decode()
        sent = desk.send(f"{page}remind/", follow=True).content.decode()
        assert "The reminder is on its way." in sent
        assert "Reminder 1 on" in sent
        assert "Send a reminder" not in sent
        assert "was reminded today already" in desk.send(f"{page}remind/").content.decode()
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_reminded_of_before_it_is_overdue(client_for: Callable[..., Any]) -> None:
    invoice = owed()
    assert (
        "Send a reminder"
        not in client_for(with_login(StaffFactory())).get(invoice.get_absolute_url()).content.decode()
    )
    with days_after(invoice, 0), pytest.raises(Refusal, match="owes nothing"):
        services.remind_of_invoice(invoice, by=None)


def raw(invoice: Invoice, number: int, day: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_invoicereminder (id, created_at, invoice_id, number, reminded_on) "
            "VALUES (gen_random_uuid(), now(), %s, %s, %s)",
            [invoice.pk, number, day],
        )


@pytest.mark.django_db
def test_reminders_follow_each_other_against_sql() -> None:
    invoice = owed()
    assert invoice.due_on
    late = invoice.due_on + timedelta(days=1)
    for number, day, refused in (
        (1, invoice.due_on, "overdue"),
        (2, late, "counted one by one"),
        (0, late, "counted one by one"),
    ):
        with pytest.raises(IntegrityError, match=refused):
            raw(invoice, number, day)
    raw(invoice, 1, late)
    with pytest.raises(IntegrityError, match="once_a_day"):
        raw(invoice, 2, late)
    for statement in ("UPDATE billing_invoicereminder SET number = 2", "DELETE FROM billing_invoicereminder"):
        with (
            pytest.raises(IntegrityError, match="stays as it was"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    services.claim_invoice(invoice, by=None, policy=insured("100", patient=invoice.patient))
    with pytest.raises(IntegrityError, match="owes nothing"):
        raw(invoice, 2, late + timedelta(days=1))
    pay(issued("5"), "5")
    with pytest.raises(IntegrityError, match="overdue"):
        raw(Invoice.objects.get(status="balanced"), 1, late)


@pytest.mark.django_db
def test_rules_nobody_can_follow_are_refused() -> None:
    for rules in ({"reminder_days": 0}, {"reminder_days": 91}, {"most_reminders": 0}, {"most_reminders": 11}):
        with pytest.raises(Refusal, match="possible"):
            reminding(**rules)


@pytest.mark.django_db
def test_one_that_goes_wrong_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = owed(), owed()
    reminding()

    def break_the_first(pk: Any) -> Invoice:
        if pk == first.pk:
            raise OSError
        return told_of(pk)

    monkeypatch.setattr("billing.services.reminders.told_of", break_the_first)
    with days_after(first, 7), pytest.raises(NotAllReminded):
        services.remind_of_overdue()
    assert InvoiceReminder.objects.get().invoice_id == second.pk


def test_two_workers_at_the_same_moment_remind_once(race: Callable[..., list[Any]]) -> None:
    invoice = owed()
    reminding()
    with days_after(invoice, 7):
        results = race(4, lambda _number: services.remind_of_overdue())
    assert sum(results) == 1, results
    assert OutboxMessage.objects.count() == 1
