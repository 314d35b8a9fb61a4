"""The trial provider: a person clicks through it, and its messages come in by the same door, signed."""

from collections.abc import Callable
from typing import Any

import pytest

from billing.links import PAY, token_of
from billing.models import Invoice
from billing.online import services
from billing.online.adapters.interface import Unverified
from billing.online.adapters.sandbox import Sandbox
from billing.online.models import OnlinePayment, PaymentProvider, WebhookEvent
from billing.online.services.paying import checkout_of
from tests.billing.factories import issued

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings: Any) -> PaymentProvider:
    settings.PAYMENTS_SANDBOX = True
    added = services.add_provider(by=None, kind="sandbox", currencies=["NGN"])
    return services.switch_on_provider(added, by=None)


@pytest.fixture
def begun(
    provider: PaymentProvider, anonymous: Callable[..., Any], acme: Any
) -> Callable[[], tuple[Any, Any]]:
    """Whoever has the link begins to pay; the browser and the provider's page."""

    def begin() -> tuple[Any, Any]:
        invoice, browser = issued("100"), anonymous(acme)
        browser.send(f"/pay/{token_of(PAY, invoice.pk)}/", {"provider": provider.pk})
        online = OnlinePayment.objects.get()
        services.open_checkout(online.pk)
        online.refresh_from_db()
        return browser, "/" + online.checkout_url.split("/", 3)[3]

    return begin


def test_who_clicks_pay_has_paid(begun: Callable[[], tuple[Any, Any]]) -> None:
    browser, page = begun()
    assert "No real money moves" in browser.get(page).content.decode()
    answer = browser.send(page, {"choice": "pay"})
    assert "Your payment has arrived" in browser.get(answer["Location"]).content.decode()
    assert Invoice.objects.get().status == "balanced"
    assert WebhookEvent.objects.get().kind == "paid"
    # Back, and once more.
    assert browser.get(page)["Location"] == answer["Location"]
    browser.send(page, {"choice": "pay"})
    assert Invoice.objects.get().payments.count() == 1


def test_who_is_declined_has_paid_nothing(begun: Callable[[], tuple[Any, Any]]) -> None:
    browser, page = begun()
    answer = browser.send(page, {"choice": "decline"})
    assert "Nothing was paid" in browser.get(answer["Location"]).content.decode()
    assert not Invoice.objects.get().payments.exists()


def test_who_leaves_may_come_back(begun: Callable[[], tuple[Any, Any]]) -> None:
    browser, page = begun()
    answer = browser.send(page, {"choice": "leave"})
    assert "Not paid yet" in browser.get(answer["Location"]).content.decode()
    assert OnlinePayment.objects.get().status == "pending"


def test_its_message_is_believed_only_with_its_signature(
    begun: Callable[[], tuple[Any, Any]], provider: PaymentProvider, anonymous: Callable[..., Any], acme: Any
) -> None:
    begun()
    address = f"/webhooks/payments/{provider.pk}/"
    body = f'{{"id": "1", "what": "paid", "reference": "{OnlinePayment.objects.get().reference}"}}'
    forged = {"data": body, "content_type": "application/json", "HTTP_X_SANDBOX_SIGNATURE": "0" * 64}
    assert anonymous(acme).post(address, **forged).status_code == 400


def test_where_it_is_no_demo_it_opens_nothing_and_believes_nothing(
    begun: Callable[[], tuple[Any, Any]], provider: PaymentProvider, settings: Any
) -> None:
    browser, page = begun()
    online = OnlinePayment.objects.with_people().get()
    headers, body = Sandbox(provider.keys()).message("pay", checkout_of(online))
    settings.PAYMENTS_SANDBOX = False
    assert browser.get(page).status_code == 404
    assert browser.send(page, {"choice": "pay"}).status_code == 404
    with pytest.raises(Unverified):
        services.receive_webhook(provider, headers=headers, body=body)
    assert not Invoice.objects.get().payments.exists()
