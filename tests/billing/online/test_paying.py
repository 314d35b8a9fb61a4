"""Beginning to pay: what is open now, once, whoever clicks how often."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.core import ratelimit
from django.db import IntegrityError, connection, transaction
from django.test import override_settings
from django.utils import timezone
from django_tenants.utils import tenant_context

from billing.links import PAY, pay_link, pay_url, read_token, token_of
from billing.models import Invoice, Payment
from billing.online import services
from billing.online.adapters.interface import Opened
from billing.online.adapters.stripe import Stripe
from billing.online.models import OnlinePayment
from billing.services import credit_invoice
from billing.services.letters import email_invoice, told_of
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError
from tests.billing.factories import draft, issued, pay
from tests.billing.online.factories import opened, paystack, started, stripe
from tests.people import PatientFactory, with_login

pytestmark = pytest.mark.django_db


def link(invoice: Invoice) -> str:
    return f"/pay/{token_of(PAY, invoice.pk)}/"


def test_what_is_asked_for_is_what_is_open_now() -> None:
    invoice = issued("100")
    pay(invoice, "30")
    online = started(invoice)
    assert (online.amount, online.currency, online.patient_id) == (70, "NGN", invoice.patient_id)


def test_the_browser_says_no_sum(anonymous: Callable[..., Any], acme: Any) -> None:
    invoice, provider = issued("100"), stripe()
    data = {"provider": provider.pk, "amount": "1", "currency": "JPY", "offered": "1"}
    answer = anonymous(acme).send(link(invoice), data)
    online = OnlinePayment.objects.get()
    assert answer["Location"] == online.get_absolute_url()
    assert (online.amount, online.currency) == (100, "NGN")


def test_the_same_click_twice_and_a_second_tab_are_one() -> None:
    invoice = issued("100")
    one, again, tab = started(invoice, key="one"), started(invoice, key="one"), started(invoice, key="two")
    assert one.pk == again.pk == tab.pk
    with pytest.raises(Refusal, match="already used"):
        started(issued("100"), key="one")


def test_another_sum_or_another_provider_lets_the_first_attempt_lapse() -> None:
    invoice = issued("100")
    one = opened(invoice, key="one")
    pay(invoice, "40")
    two = started(invoice, key="two")
    three = started(invoice, paystack(), key="three")
    states = [OnlinePayment.objects.get(pk=online.pk).status for online in (one, two, three)]
    assert (states, two.amount) == (["expired", "expired", "created"], 60)


def test_the_database_knows_one_attempt_at_a_time() -> None:
    online = started(issued("100"))
    copy = OnlinePayment.objects.get(pk=online.pk)
    copy.pk, copy.reference, copy.idempotency_key = uuid4(), "another", "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_what_is_about_to_lapse_is_begun_anew() -> None:
    invoice = issued("100")
    one = opened(invoice, key="one")
    with time_machine.travel(timezone.now() + timedelta(minutes=28)):
        two = started(invoice, key="two")
    assert one.pk != two.pk


@pytest.mark.parametrize("which", ["draft", "paid", "credited"])
def test_where_nothing_is_open_nothing_is_begun(which: str) -> None:
    invoice = draft("100") if which == "draft" else issued("100")
    if which == "paid":
        pay(invoice, "100")
    if which == "credited":
        credit_invoice(invoice, by=None, key="all", amount=Decimal(100), reason="Wrong")
    with pytest.raises(Refusal, match="Nothing is to be paid"):
        started(invoice)


def test_a_provider_that_is_off_or_takes_another_currency_is_not_begun_with() -> None:
    provider = stripe("EUR")
    with pytest.raises(Refusal, match="in this way"):
        started(issued("100"), provider)
    services.update_provider(provider, by=None, currencies=["NGN"])
    services.switch_off_provider(provider, by=None)
    with pytest.raises(Refusal, match="in this way"):
        started(issued("100"), provider)


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (NotSentError("The payment service could not be reached."), "could not be reached"),
        (RefusedError("The payment service refused this payment.", "400 amount_too_small"), "refused"),
        (UncertainError("The connection to the payment service broke."), "broke"),
        (ValueError(), "does not take this amount"),
    ],
)
def test_a_page_that_could_not_be_opened_has_failed_and_says_why(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, says: str
) -> None:
    def refuse(*_arguments: Any) -> Opened:
        raise problem

    monkeypatch.setattr(Stripe, "start", refuse)
    invoice = issued("100")
    online = started(invoice)
    services.open_checkout(online.pk)
    online.refresh_from_db()
    assert online.status == "failed"
    assert says in online.problem
    assert started(invoice, key="again").pk != online.pk


def test_a_page_is_opened_once_and_not_after_it_lapsed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def open_page(_self: Stripe, checkout: Any) -> Opened:
        asked.append(checkout)
        return Opened("https://checkout.stripe.com/c/pay/cs_1", "cs_1")

    monkeypatch.setattr(Stripe, "start", open_page)
    online = started(issued("100"))
    services.open_checkout(online.pk)
    services.open_checkout(online.pk)
    online.refresh_from_db()
    assert (online.status, online.checkout_url, len(asked)) == (
        "pending",
        "https://checkout.stripe.com/c/pay/cs_1",
        1,
    )
    assert asked[0].title == f"Invoice {online.invoice.reference}"
    lapsed = started(issued("100"), key="lapsed")
    services.expire_online_payment(lapsed, by=None)
    services.open_checkout(lapsed.pk)
    assert len(asked) == 1


def test_the_link_shows_number_and_sum_and_nobody(anonymous: Callable[..., Any], acme: Any) -> None:
    stripe()
    patient = PatientFactory(given_name="Adaeze", family_name="Nwosu", email="adaeze@people.example")
    invoice = issued("100", patient=patient)
    answer = anonymous(acme).get(link(invoice))
    page = answer.content.decode()
    assert invoice.reference in page
    assert "100.00" in page
    for secret in ("Adaeze", "Nwosu", "adaeze@", patient.number, "Thing 100", str(invoice.pk)):
        assert secret not in page
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in page


def test_a_link_opens_nothing_else(anonymous: Callable[..., Any], acme: Any, beta: Any) -> None:
    invoice, online = issued("100"), opened(issued("100"))
    token = token_of(PAY, invoice.pk)
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:-1],
        f"{token}A",
        str(invoice.pk),
        token_of("online", invoice.pk),
        token_of(PAY, uuid4()),
        "%00",
    ):
        assert anonymous(acme).get(f"/pay/{wrong}/").status_code == 404
        assert anonymous(acme).send(f"/pay/{wrong}/", {}).status_code == 404
    assert anonymous(acme).get(f"/pay/at/{token_of(PAY, online.pk)}/").status_code == 404
    assert anonymous(beta).get(f"/pay/{token}/").status_code == 404
    assert anonymous(acme).get(link(draft("100"))).status_code == 404


def test_a_token_of_another_clinic_is_none(beta: Any) -> None:
    key = uuid4()
    with tenant_context(beta):
        theirs = token_of(PAY, key)
    assert read_token(PAY, theirs) is None


def test_a_link_outlives_a_new_key_of_the_installation(settings: Any) -> None:
    key = uuid4()
    token = token_of(PAY, key)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert read_token(PAY, token) == key
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
        assert read_token(PAY, token) is None


def test_the_link_of_a_letter_leads_to_the_clinics_own_host(acme: Any) -> None:
    assert pay_url(issued("100")).startswith(acme.url("/pay/"))


def test_coming_back_proves_nothing(anonymous: Callable[..., Any], acme: Any) -> None:
    online = opened(issued("100"))
    where = f"{online.get_absolute_url()}?status=success&trxref=1&reference={online.reference}&paid=1"
    page = anonymous(acme).get(where).content.decode()
    assert "Not paid yet" in page
    assert online.checkout_url in page
    assert not Payment.objects.exists()
    services.settle_online_payment(online, by=None, their_payment="pi_1")
    assert "Your payment has arrived" in anonymous(acme).get(where).content.decode()
    part = anonymous(acme).get(where, HTTP_HX_REQUEST="true").content.decode()
    assert "Your payment has arrived" in part
    assert "</html>" not in part
    assert "hx-trigger" not in part


def test_who_begins_too_often_from_one_address_waits(
    anonymous: Callable[..., Any], acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratelimit, "consume", lambda *_a, action, **_k: action != "start_online_payment")
    invoice, provider = issued("100"), stripe()
    answer = anonymous(acme).send(link(invoice), {"provider": provider.pk})
    assert "very often" in answer.content.decode()
    assert not OnlinePayment.objects.exists()


def test_the_limit_of_one_address_is_set(settings: Any) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["start_online_payment"].endswith("/h/ip")


def test_a_patient_finds_the_way_to_pay_beside_the_own_invoice(client_for: Callable[..., Any]) -> None:
    stripe()
    patient = PatientFactory(email="own@people.example")
    invoice, other = issued("100", patient=patient), issued("100")
    portal = client_for(with_login(patient.member))
    part = portal.get(f"/invoices/{invoice.pk}/online/", HTTP_HX_REQUEST="true").content.decode()
    assert link(invoice) in part
    assert portal.get(f"/invoices/{other.pk}/online/").status_code == 404


def test_an_online_payment_stays_with_its_invoices_patient() -> None:
    online = started(issued("100"))
    copy = OnlinePayment.objects.get(pk=online.pk)
    services.expire_online_payment(online, by=None)
    copy.pk, copy.reference, copy.idempotency_key = uuid4(), "another", "another"
    copy.patient = PatientFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_a_clinic_in_another_currency_pays_in_its_own(beta: Any) -> None:
    with tenant_context(beta):
        online = started(issued("12.34"))
        assert (online.currency, online.amount) == ("EUR", Decimal("12.34"))


def test_a_letter_has_the_link_where_the_invoice_can_be_paid_online() -> None:
    invoice = issued("100", patient=PatientFactory(email="a@people.example"))
    assert pay_link(told_of(invoice.pk)) == ""
    stripe()
    assert pay_link(told_of(invoice.pk)) == pay_url(invoice)
    email_invoice(invoice, by=None, key="letter")
    letter = OutboxMessage.objects.get(kind="invoice")
    assert pay_url(invoice) in letter.body
    pay(invoice, "100")
    assert pay_link(told_of(invoice.pk)) == ""
