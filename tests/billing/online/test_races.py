"""Messages that come at the same moment count once, and nothing of the money is lost."""

from collections.abc import Callable
from typing import Any

from billing.models import Payment
from billing.online import services
from billing.online.models import OnlinePayment, WebhookEvent
from billing.wallets.models import Wallet
from clinic.models import Refusal
from tests.billing.factories import issued, pay
from tests.billing.online.factories import completed, of_stripe, opened, started, stripe


def test_messages_at_the_same_moment_count_once_beside_the_desk(race: Callable[..., list[Any]]) -> None:
    invoice = issued("100")
    online = opened(invoice)
    messages = [of_stripe(completed(online, id=f"evt_{number // 2}")) for number in range(6)]

    def act(number: int) -> Any:
        if number == 6:
            return pay(invoice, "30", key="desk")
        headers = {"Stripe-Signature": messages[number]["HTTP_STRIPE_SIGNATURE"]}
        return services.receive_webhook(
            online.provider, headers=headers, body=messages[number]["data"].encode()
        )

    ended = race(7, act)
    assert not [end for end in ended if isinstance(end, Exception) and not isinstance(end, Refusal)]
    assert sorted(end for end in ended if isinstance(end, str)) == ["counted", *["nothing"] * 5]
    assert WebhookEvent.objects.count() == 3
    paid = OnlinePayment.objects.get()
    kept = sum(wallet.balance for wallet in Wallet.objects.all())
    assert sum(payment.amount for payment in Payment.objects.all()) == 100
    assert (paid.status, paid.payment.amount + kept) == ("succeeded", 100)


def test_clicks_at_the_same_moment_are_one_attempt(race: Callable[..., list[Any]]) -> None:
    invoice, provider = issued("100"), stripe()
    ended = race(5, lambda number: started(invoice, provider, key=f"click {number}").pk)
    assert len({*ended}) == 1
    assert OnlinePayment.objects.count() == 1
