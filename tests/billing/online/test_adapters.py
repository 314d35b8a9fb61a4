"""What the providers are asked, and how their answers are read; no network, recorded answers."""

import http.client
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from billing.online.adapters import https, paystack, stripe
from billing.online.adapters.interface import Adapter, Checkout, Event, GiveBack, What, amount_of, units
from billing.online.sealing import Keys
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError
from tests.billing.online.factories import SECRET, WEBHOOK, recorded

KEYS = Keys(SECRET, WEBHOOK)


class Server(BaseHTTPRequestHandler):
    """A provider that says what was recorded."""

    asked: list[tuple[str, str, dict[str, str], str]]
    answer: tuple[int, str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        type(self).asked.append((self.command, self.path, dict(self.headers), body))
        status, told = self.answer
        if not status:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(told.encode())

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Server]]:
    Server.asked, Server.answer = [], (200, "{}")
    running = HTTPServer(("127.0.0.1", 0), Server)
    Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(http.client, "HTTPSConnection", http.client.HTTPConnection)
    for adapter in (stripe, paystack):
        monkeypatch.setattr(adapter, "HOST", f"127.0.0.1:{running.server_port}")
    yield Server
    running.shutdown()
    running.server_close()


def checkout(amount: str = "100", currency: str = "NGN") -> Checkout:
    return Checkout(
        reference="ref1",
        amount=Decimal(amount),
        currency=currency,
        title="Invoice INV-00001",
        email="a@people.example",
        return_url="https://acme.example/pay/at/t/",
        expires_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    )


def give_back(amount: str = "10", currency: str = "NGN") -> GiveBack:
    return GiveBack("ref1", "pi_1", Decimal(amount), currency, "key1")


def test_stripe_is_asked_for_a_session_as_documented(server: type[Server]) -> None:
    server.answer = 200, json.dumps(recorded("stripe_session"))
    page = stripe.Stripe(KEYS).start(checkout())
    assert page.url == "https://checkout.stripe.com/c/pay/cs_test_a1o3Ky7bRCXbnKNUYrGFS1"
    assert page.their_reference == "cs_test_a1o3Ky7bRCXbnKNUYrGFS1"
    method, path, heads, body = server.asked[0]
    assert (method, path) == ("POST", "/v1/checkout/sessions")
    assert heads["Authorization"] == f"Bearer {SECRET}"
    assert heads["Idempotency-Key"] == "ref1"
    facts = {name: values[0] for name, values in parse_qs(body).items()}
    item = "line_items[0]"
    assert facts == {
        "mode": "payment",
        "client_reference_id": "ref1",
        "success_url": "https://acme.example/pay/at/t/",
        "cancel_url": "https://acme.example/pay/at/t/",
        "expires_at": "1795348800",
        f"{item}[quantity]": "1",
        f"{item}[price_data][currency]": "ngn",
        f"{item}[price_data][unit_amount]": "10000",
        f"{item}[price_data][product_data][name]": "Invoice INV-00001",
        "metadata[reference]": "ref1",
        "payment_intent_data[metadata][reference]": "ref1",
    }


def test_paystack_is_asked_for_a_transaction_as_documented(server: type[Server]) -> None:
    server.answer = 200, json.dumps(recorded("paystack_initialized", data__reference="ref1"))
    page = paystack.Paystack(KEYS).start(checkout("100.50"))
    assert page.url == "https://checkout.paystack.com/3ni8kdavz62431k"
    _method, path, heads, body = server.asked[0]
    assert (path, heads["Authorization"]) == ("/transaction/initialize", f"Bearer {SECRET}")
    assert json.loads(body) == {
        "email": "a@people.example",
        "amount": "10050",
        "currency": "NGN",
        "reference": "ref1",
        "callback_url": "https://acme.example/pay/at/t/",
        "metadata": {"cancel_action": "https://acme.example/pay/at/t/"},
    }


@pytest.mark.parametrize(
    ("currency", "amount", "counted"),
    [
        ("EUR", "12.34", 1234),
        ("NGN", "12.34", 1234),
        ("INR", "12.34", 1234),
        ("SEK", "12.34", 1234),
        ("JPY", "1234", 1234),
        ("KWD", "1.230", 1230),
        ("UGX", "1234", 123400),
        ("ISK", "1234", 123400),
    ],
)
def test_stripe_counts_each_currency_in_its_own_units(currency: str, amount: str, counted: int) -> None:
    assert units(Decimal(amount), stripe.places(currency)) == counted
    assert amount_of(counted, stripe.places(currency)) == Decimal(amount)


def test_of_three_decimals_stripe_takes_the_next_hundredth() -> None:
    adapter = stripe.Stripe(KEYS)
    assert adapter.chargeable(Decimal("5.124"), "KWD") == Decimal("5.13")
    assert adapter.chargeable(Decimal("5.120"), "KWD") == Decimal("5.12")
    assert adapter.chargeable(Decimal("5.12"), "EUR") == Decimal("5.12")


def test_what_cannot_be_counted_is_not_rounded_away() -> None:
    with pytest.raises(ValueError, match="units"):
        units(Decimal("5.125"), 2)
    assert [amount_of(value, 2) for value in ("1.5", None, True, 1.5, "-1", [])] == [None] * 6


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"payment_status": "paid", "status": "complete"}, What.PAID),
        ({"payment_status": "unpaid", "status": "open"}, What.OPEN),
        ({"payment_status": "unpaid", "status": "complete"}, What.OPEN),
        ({"payment_status": "unpaid", "status": "expired"}, What.EXPIRED),
    ],
)
def test_stripe_is_asked_how_a_session_stands(
    server: type[Server], facts: dict[str, str], what: What
) -> None:
    server.answer = 200, json.dumps({**recorded("stripe_session", client_reference_id="ref1"), **facts})
    event = stripe.Stripe(KEYS).ask("ref1", "cs_1/../x")
    assert (event.what, event.reference, event.amount, event.currency) == (what, "ref1", 100, "NGN")
    assert server.asked[0][:2] == ("GET", "/v1/checkout/sessions/cs_1%2F..%2Fx")


@pytest.mark.parametrize(
    ("status", "what"),
    [("success", What.PAID), ("failed", What.FAILED), ("abandoned", What.OPEN), ("new", What.OPEN)],
)
def test_paystack_is_asked_how_a_transaction_stands(server: type[Server], status: str, what: What) -> None:
    server.answer = (
        200,
        json.dumps(recorded("paystack_verified", data__status=status, data__reference="ref1")),
    )
    event = paystack.Paystack(KEYS).ask("ref1", "")
    assert (event.what, event.reference, event.amount, event.currency) == (what, "ref1", 100, "NGN")
    assert server.asked[0][:2] == ("GET", "/transaction/verify/ref1")


def test_stripe_is_asked_to_give_back_once_for_each_key(server: type[Server]) -> None:
    server.answer = 200, json.dumps(recorded("stripe_refund"))
    event = stripe.Stripe(KEYS).refund(give_back())
    assert (event.what, event.their_refund, event.amount) == (
        What.REFUNDED,
        "re_1Nispe2eZvKYlo2Cd31jOCgZ",
        10,
    )
    _method, path, heads, body = server.asked[0]
    assert (path, heads["Idempotency-Key"]) == ("/v1/refunds", "key1")
    assert parse_qs(body) == {"payment_intent": ["pi_1"], "amount": ["1000"], "metadata[reference]": ["ref1"]}


def test_paystack_is_asked_to_give_back(server: type[Server]) -> None:
    server.answer = 200, json.dumps(recorded("paystack_refund", data__transaction__reference="ref1"))
    event = paystack.Paystack(KEYS).refund(give_back())
    assert (event.what, event.reference, event.amount) == (What.OPEN, "ref1", 10)
    told = json.loads(server.asked[0][3])
    assert (told["transaction"], told["amount"], told["currency"]) == ("ref1", 1000, "NGN")


@pytest.mark.parametrize("adapter", [stripe.Stripe, paystack.Paystack])
@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, '{"error": {"code": "amount_too_small", "message": "SENSITIVE"}}', RefusedError),
        (401, f'{{"error": {{"message": "Invalid API Key provided: {SECRET}"}}}}', RefusedError),
        (402, '{"error": {"code": "SENSITIVE <b>"}}', RefusedError),
        (409, "{}", NotSentError),
        (429, "{}", NotSentError),
        (503, "", NotSentError),
        (500, "SENSITIVE", UncertainError),
        (200, "SENSITIVE", UncertainError),
        (200, "[]", UncertainError),
        (0, "", UncertainError),
    ],
)
def test_each_way_to_go_wrong_is_told_apart_and_repeats_nothing(
    server: type[Server],
    adapter: type[Adapter],
    status: int,
    body: str,
    outcome: type[NotSentError],
) -> None:
    server.answer = status, body
    with pytest.raises(outcome) as problem:
        adapter(KEYS).start(checkout())
    assert type(problem.value) is outcome
    assert "SENSITIVE" not in str(problem.value)
    assert SECRET not in str(problem.value)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://checkout.stripe.com/", "", None, 5])
def test_nobody_is_sent_to_an_address_that_is_none(server: type[Server], url: Any) -> None:
    server.answer = 200, json.dumps(recorded("stripe_session", url=url))
    with pytest.raises(RefusedError):
        stripe.Stripe(KEYS).start(checkout())
    server.answer = 200, json.dumps(recorded("paystack_initialized", data__authorization_url=url))
    with pytest.raises(RefusedError):
        paystack.Paystack(KEYS).start(checkout())


def test_who_is_not_reached_was_handed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Any) -> None:
        raise OSError(f"no route for {SECRET}")

    monkeypatch.setattr(http.client.HTTPSConnection, "connect", refuse)
    with pytest.raises(NotSentError, match="could not be reached") as problem:
        stripe.Stripe(KEYS).start(checkout())
    assert SECRET not in str(problem.value)


@pytest.mark.parametrize("secret", ["", "sk\nInjected: 1", "sk é"])
def test_a_key_that_is_none_is_never_sent(server: type[Server], secret: str) -> None:
    with pytest.raises(RefusedError) as problem:
        https.answer_to(https.Call("127.0.0.1", "GET", "/"), secret)
    assert server.asked == []
    assert not secret or secret not in str(problem.value)


def test_the_certificate_of_a_provider_is_verified() -> None:
    connection: Any = http.client.HTTPSConnection("api.stripe.com", timeout=1)
    assert connection._context.check_hostname
    assert connection._context.verify_mode.name == "CERT_REQUIRED"


def test_an_event_says_nothing_by_itself() -> None:
    assert Event(What.OTHER).amount is None
