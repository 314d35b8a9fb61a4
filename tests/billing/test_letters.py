"""What goes to patients by e-mail: in their language, with the paper, and no word of what was done."""

from collections.abc import Callable
from email.message import Message
from typing import Any, cast

import pytest
from django.core import mail

from billing import services
from billing.links import pay_url
from billing.models import Invoice
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import deliver_message
from tests.billing.factories import draft, issued, pay
from tests.billing.online.factories import stripe
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory()))


def readable(**facts: Any) -> Invoice:
    return issued("120", patient=PatientFactory(email="ada@people.example", **facts))


def delivered() -> Any:
    """The letter as it left, with its parts."""
    deliver_message(OutboxMessage.objects.latest("created_at").pk)
    return mail.outbox[-1]


def papers(letter: Any) -> list[tuple[str | None, bytes]]:
    parts = cast(list[Message], letter.message().get_payload())[1:]
    return [(part.get_filename(), cast(bytes, part.get_payload(decode=True))) for part in parts]


def test_an_invoice_goes_out_with_its_pdf_and_says_nothing_of_its_lines(desk: Any) -> None:
    invoice = readable()
    pay(invoice, "20")
    answer = desk.send(f"/invoices/{invoice.pk}/email/", follow=True).content.decode()
    assert "The invoice is on its way to ada@people.example." in answer
    assert "Send again" in answer
    letter = delivered()
    assert letter.subject.startswith(f"Invoice {invoice.reference}")
    assert "100.00" in letter.body
    assert "Thing" not in letter.subject + letter.body
    [(name, content)] = papers(letter)
    assert name == f"{invoice.reference}.pdf"
    assert content.startswith(b"%PDF")


def test_a_double_click_sends_one_letter(desk: Any) -> None:
    invoice = readable()
    for _click in range(2):
        desk.post(f"/invoices/{invoice.pk}/email/", {"idempotency_key": "clicked-twice"})
        services.email_invoice(invoice, by=None, key="clicked-twice")
    assert OutboxMessage.objects.count() == 1


def test_a_letter_speaks_the_patients_language() -> None:
    services.email_invoice(readable(language="fr"), by=None, key="k")
    letter = delivered()
    assert letter.subject.startswith("Facture")
    assert "Bonjour" in letter.body


def test_who_has_no_address_is_a_sentence_and_no_letter(desk: Any) -> None:
    invoice = issued("120", patient=PatientFactory(email=""))
    assert "This patient has no e-mail address." in desk.get(invoice.get_absolute_url()).content.decode()
    refused = desk.send(f"/invoices/{invoice.pk}/email/").content.decode()
    assert "Enter one, or print the paper." in refused
    assert not OutboxMessage.objects.exists()


def test_a_draft_is_not_sent() -> None:
    with pytest.raises(Refusal, match="Issue the invoice first"):
        services.email_invoice(
            draft("5", patient=PatientFactory(email="ada@people.example")), by=None, key="k"
        )


def test_what_is_paid_meanwhile_is_on_the_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Invoice] = []
    monkeypatch.setattr(
        "billing.services.letters.invoice_pdf", lambda invoice, _clinic: seen.append(invoice) or b"%"
    )
    invoice = readable()
    services.email_invoice(invoice, by=None, key="k")
    pay(invoice, "120")
    delivered()
    assert [one.open for one in seen] == [0]


def test_a_letter_says_where_to_pay_online_while_a_provider_takes_it() -> None:
    invoice = readable()
    services.email_invoice(invoice, by=None, key="before")
    assert "/pay/" not in delivered().body
    stripe()
    services.email_invoice(invoice, by=None, key="now")
    assert pay_url(invoice) in delivered().body
    pay(invoice, "120")
    services.email_invoice(invoice, by=None, key="paid")
    assert "/pay/" not in delivered().body


def test_the_paper_speaks_the_patients_language_too(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[dict[str, Any]] = []
    monkeypatch.setattr("billing.sheets.render_pdf", lambda _name, sheet: drawn.append(sheet) or b"%")
    services.email_invoice(readable(language="fr"), by=None, key="k")
    delivered()
    [sheet] = drawn
    assert sheet["title"].startswith("Facture")
    assert ("État", "Émise") in sheet["facts"]
    assert "Montant" in sheet["head"]
