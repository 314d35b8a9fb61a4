"""The desk's pages and the patient's own."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import Member
from billing import services
from billing.models import Invoice, Payment
from billing.models.lines import Charge
from clinic.templatetags.clinic import money
from tests.billing.factories import draft, issued, pay
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory()))


def lines_form(*lines: tuple[str, str, str], kept: int = 0) -> dict[str, str]:
    data = {"lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": str(kept), "notes": "Thank you"}
    for number, line in enumerate(lines):
        for name, value in zip(("description", "quantity", "unit_price"), line, strict=True):
            data[f"lines-{number}-{name}"] = value
    return data


def test_the_whole_way_from_draft_to_paid(desk: Any) -> None:
    patient = PatientFactory()
    desk.send("/invoices/new/", {"patient": patient.pk})
    invoice = Invoice.objects.get()
    page = f"/invoices/{invoice.pk}/"
    desk.send(f"{page}lines/", lines_form(("Visit", "1", "18000"), ("Blood test", "2", "4250.50")))
    desk.send(f"{page}issue/", {"due_on": timezone.localdate().isoformat()})
    desk.send(f"{page}payments/", {"amount": "20000", "method": "cash", "is_received": "on"})
    shown = desk.get(page).content.decode()
    assert "INV-00001" in shown
    assert "26,501.00" in shown
    desk.send(f"{page}payments/", {"amount": "6501", "method": "card", "is_received": "on"})
    assert Invoice.objects.get().status == "balanced"


def test_who_goes_on_to_issuing_loses_nothing_that_was_typed(desk: Any) -> None:
    invoice = draft("100")
    page = invoice.get_absolute_url()
    shown = desk.get(page).content.decode()
    assert 'form="lines" name="then" value="issue"' in shown
    assert 'id="lines"' in shown
    wrong = desk.send(f"{page}lines/", {**lines_form(("Visit", "x", "5")), "then": "issue"})
    assert "Enter a number" in wrong.content.decode()
    typed = {**lines_form(("Visit", "1", "250")), "then": "issue"}
    assert desk.send(f"{page}lines/", typed)["Location"] == f"{page}issue/"
    assert Invoice.objects.get().total == 250


def test_a_malformed_line_is_named_and_nothing_is_stored(desk: Any) -> None:
    invoice = draft("100")
    answer = desk.send(f"/invoices/{invoice.pk}/lines/", lines_form(("Visit", "x", "-5")))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Enter a number" in page
    assert 'value="x"' in page
    assert Invoice.objects.get().total == 100


@pytest.mark.parametrize("words", ["Visit\r\nin the evening", "Visit\u2028late", "Visit \x1b[31m"])
def test_a_lines_description_is_one_line(words: str, desk: Any) -> None:
    invoice = draft("100")
    answer = desk.send(f"/invoices/{invoice.pk}/lines/", lines_form((words, "1", "5")))
    assert "Write this on one line" in answer.content.decode()
    assert Invoice.objects.get().total == 100


@pytest.mark.parametrize("counted", [("-1", "0"), ("0", "1"), ("", "")])
def test_lines_that_got_lost_on_the_way_are_not_struck_out(counted: tuple[str, str], desk: Any) -> None:
    invoice = draft("100")
    shown, known = counted
    data = {"lines-TOTAL_FORMS": shown, "lines-INITIAL_FORMS": known, "notes": ""}
    answer = desk.send(f"/invoices/{invoice.pk}/lines/", data)
    assert answer.status_code == 200
    assert "did not arrive whole" in answer.content.decode()
    assert Invoice.objects.get().total == 100


def test_a_struck_out_line_goes(desk: Any) -> None:
    invoice = draft("100", "200")
    data = lines_form(("Thing 100", "1", "100"), ("Thing 200", "1", "200"), kept=2)
    desk.send(f"/invoices/{invoice.pk}/lines/", {**data, "lines-0-DELETE": "on"})
    assert [line.description for line in Invoice.objects.get().lines.all()] == ["Thing 200"]


def test_overpayment_is_refused_with_a_sentence(desk: Any) -> None:
    invoice = issued("100")
    answer = desk.send(f"/invoices/{invoice.pk}/payments/", {"amount": "100.01", "method": "cash"})
    page = answer.content.decode()
    assert "This is more than is still open on the invoice." in page
    assert 'value="100.01"' in page
    assert not Payment.objects.exists()


def test_a_double_click_counts_once(desk: Any) -> None:
    invoice = issued("100")
    form = {"amount": "30", "method": "cash", "is_received": "on", "idempotency_key": "clicked-twice"}
    answers = [desk.post(f"/invoices/{invoice.pk}/payments/", form) for _click in range(2)]
    assert [answer["Location"] for answer in answers] == [f"/invoices/{invoice.pk}/"] * 2
    assert Payment.objects.count() == 1


def test_an_issued_invoice_is_unchangeable_by_page(desk: Any) -> None:
    invoice = issued("100")
    answer = desk.send(f"/invoices/{invoice.pk}/lines/", lines_form(("Visit", "1", "1")))
    assert "no longer a draft" in answer.content.decode()
    desk.send(f"/invoices/{invoice.pk}/cancel/", {"reason": "No."})
    assert Invoice.objects.get().status == "issued"
    assert Invoice.objects.get().total == 100


def test_announced_money_is_settled_from_the_page(desk: Any) -> None:
    one = pay(issued("100"), "60", method="transfer", is_received=False)
    two = pay(one.invoice, "40", key="two", method="transfer", is_received=False)
    desk.send(f"/payments/{one.pk}/complete/")
    desk.send(f"/payments/{two.pk}/fail/")
    assert set(Payment.objects.values_list("status", flat=True)) == {"completed", "failed"}
    assert "no longer possible" in desk.send(f"/payments/{two.pk}/complete/").content.decode()


def test_the_list_filters(desk: Any) -> None:
    paid, owed = issued("100"), issued("250")
    pay(paid, "100")
    everything = desk.get("/invoices/").content.decode()
    assert paid.reference in everything
    assert owed.reference in everything
    balanced = desk.get("/invoices/", {"state": "balanced"}).content.decode()
    assert owed.reference not in balanced
    assert "No invoice fits" in desk.get("/invoices/", {"state": "overdue"}).content.decode()
    assert owed.reference in desk.get("/invoices/", {"q": owed.patient.member.name}).content.decode()


def test_a_list_costs_the_same_for_one_row_and_twenty(client_for: Callable[..., Any]) -> None:
    patient = PatientFactory()
    desk, portal = client_for(with_login(StaffFactory())), client_for(with_login(patient.member))
    lists = [(desk, "/invoices/"), (portal, "/portal/invoices/")]
    pay(issued("100", patient=patient), "10")
    for client, path in lists:
        client.get(path)
    few = [len(statements(client, path)) for client, path in lists]
    for number in range(19):
        pay(issued("100", patient=patient), "10", key=str(number))
    many = [statements(client, path) for client, path in lists]
    assert [len(asked) for asked in many] == few
    for asked in many:
        assert sum("billing_invoice" in statement for statement in asked) <= 4


def statements(client: Any, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.content.count(b"INV-") in (1, 20, 2, 40)
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("page", ["invoice", "invoice_sheet", "invoice_pdf"])
def test_a_patient_sees_the_own_invoice_once_it_is_issued(page: str, client_for: Callable[..., Any]) -> None:
    mine, other = PatientFactory(), PatientFactory()
    portal = client_for(with_login(mine.member))
    assert portal.get(reverse(f"billing:{page}", args=[issued("5", patient=mine).pk])).status_code == 200
    assert portal.get(reverse(f"billing:{page}", args=[draft("5", patient=mine).pk])).status_code == 404
    assert portal.get(reverse(f"billing:{page}", args=[issued("5", patient=other).pk])).status_code == 404
    assert portal.get(reverse(f"billing:{page}", args=[uuid4()])).status_code == 404


def test_a_patient_takes_no_money(client_for: Callable[..., Any]) -> None:
    patient = PatientFactory()
    portal = client_for(with_login(patient.member))
    invoice = issued("5", patient=patient)
    assert portal.send(f"/invoices/{invoice.pk}/payments/", {"amount": "5"}).status_code == 403
    assert portal.get("/invoices/").status_code == 403
    assert b"Record" not in portal.get(f"/invoices/{invoice.pk}/").content


def test_the_pdf_is_a_pdf(desk: Any) -> None:
    answer = desk.get(f"/invoices/{issued('5').pk}/pdf/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_drafting_twice_for_a_visit_opens_the_same_invoice(desk: Any, visit: Any) -> None:
    for _click in range(2):
        desk.send("/invoices/new/", {"appointment": visit.pk})
    invoice = Invoice.objects.get()
    assert (invoice.appointment_id, invoice.total) == (visit.pk, 18000)
    services.cancel_invoice(invoice, by=None, reason="Entered for the wrong visit.")
    desk.send("/invoices/new/", {"appointment": visit.pk})
    assert Invoice.objects.count() == 2


@pytest.fixture
def visit() -> Any:
    from datetime import timedelta

    from django.utils import timezone

    from scheduling.models import Appointment
    from tests.people import DoctorFactory

    doctor: Member = DoctorFactory()
    starts_at = timezone.now() + timedelta(days=1)
    return Appointment.objects.create(
        doctor=doctor.doctor,
        patient=PatientFactory(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        status="booked",
        source="reception",
    )


def test_an_issued_invoice_is_credited_and_what_was_paid_given_back(desk: Any) -> None:
    invoice = issued("100")
    page = invoice.get_absolute_url()
    payment = pay(invoice, "100")
    refused = desk.send(f"{page}credit/", {"amount": "100.01", "reason": "Not done"}).content.decode()
    assert "more than the invoice is about" in refused
    assert "Not done" in refused
    written = desk.send(f"{page}credit/", {"amount": "30", "reason": "Not done"}, follow=True)
    shown = written.content.decode()
    assert "Credit note CN-00001 is written." in shown
    assert "30.00 were paid and are not owed any more" in shown
    assert "To be given back" in shown
    assert "Still open" not in shown
    back = reverse("billing:refund_payment", args=[payment.pk])
    assert back in shown
    assert 'value="30.00"' in desk.get(back).content.decode()
    too_much = desk.send(back, {"amount": "31", "method": "cash"}).content.decode()
    assert "write a credit note" in too_much
    given = desk.send(back, {"amount": "30", "method": "cash"}, follow=True).content.decode()
    assert "30.00 given back (Cash)" in given
    assert "not owed any more" not in given
    assert back not in given


def test_a_credit_note_is_a_sheet_that_its_patient_sees_and_no_other(
    desk: Any, client_for: Callable[..., Any]
) -> None:
    invoice = issued("100")
    note = services.credit_invoice(invoice, by=None, key="k", amount=invoice.total, reason="Not done")
    sheet = reverse("billing:credit_note", args=[note.pk])
    own = client_for(with_login(invoice.patient.member))
    for browser in (desk, own):
        answer = browser.get(sheet)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert client_for(with_login(PatientFactory().member)).get(sheet).status_code == 404
    page = own.get(invoice.get_absolute_url()).content.decode()
    assert note.reference in page
    assert "Credited" in page
    assert "Paid" not in page.replace("Paid</th>", "")


def test_a_draft_offers_no_credit_note(desk: Any) -> None:
    invoice = draft("100")
    assert "/credit/" not in desk.get(invoice.get_absolute_url()).content.decode()


def test_a_quantity_does_not_look_like_thousands(desk: Any) -> None:
    line = Charge("Hours", Decimal("1.5"), Decimal(1000))
    invoice = services.update_invoice(draft("100"), by=None, lines=[line])
    services.issue_invoice(invoice, by=None, due_on=timezone.localdate())
    for name in ("invoice", "invoice_sheet"):
        page = desk.get(reverse(f"billing:{name}", args=[invoice.pk])).content.decode()
        assert ">1.5<" in page
        assert "1.500" not in page


def test_invoices_are_listed_in_the_order_in_which_they_were_issued(desk: Any) -> None:
    begun_first = draft("100")
    other = issued("100")
    services.issue_invoice(begun_first, by=None, due_on=timezone.localdate())
    rows = list(desk.get("/invoices/").context["page_obj"])
    assert rows == [begun_first, other]


def test_money_that_is_too_fine_or_too_much_is_refused_in_plain_words(desk: Any) -> None:
    page = reverse("billing:record_payment", args=[issued("100").pk])
    for amount, sentence in (("1.001", "more decimal places than the currency"), ("9" * 20, "too much")):
        answer = desk.send(page, {"amount": amount, "method": "cash", "is_received": "on"}).content.decode()
        assert sentence in answer
        assert f'value="{amount}"' in answer


def test_what_is_taken_off_has_a_minus_and_no_hyphen(desk: Any) -> None:
    invoice = services.update_invoice(
        draft("100"), by=None, lines=[Charge("Visit", Decimal(1), Decimal(100), Decimal(10))]
    )
    page = desk.get(reverse("billing:invoice_sheet", args=[invoice.pk])).content.decode()
    assert "\N{MINUS SIGN}₦10.00" in page
    assert money(Decimal(-10)) == "\N{MINUS SIGN}₦10.00"
