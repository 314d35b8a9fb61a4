"""Many hands in one wallet, on real connections."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from billing.wallets import services
from billing.wallets.models import LedgerEntry, Wallet
from clinic.demo.scene import Chance
from clinic.models import Refusal
from tests.billing.wallets.test_ledger import held, holding

# How many things eight do in all; with `--long` as many as issue 6 asks for.
OPERATIONS, ALL_OPERATIONS = 240, 10_000


@pytest.fixture
def patient(committed: None, in_acme: None) -> Any:
    """Somebody with a hundred in the wallet."""
    return holding("100")


def test_of_fifty_who_take_ten_from_a_hundred_ten_succeed(
    patient: Any, race: Callable[..., list[Any]]
) -> None:
    def take(number: int) -> Any:
        amount = {"amount": Decimal(10), "method": "cash"}
        return services.pay_out_wallet(patient, by=None, key=f"take {number}", **amount)

    results = race(50, take)
    refused = [result for result in results if isinstance(result, Refusal)]
    taken = [result for result in results if isinstance(result, LedgerEntry)]
    assert (len(taken), len(refused), held(patient)) == (10, 40, Decimal(0))


def test_a_form_that_arrives_twice_at_once_counts_once(patient: Any, race: Callable[..., list[Any]]) -> None:
    amount = {"amount": Decimal(10), "method": "cash"}
    results = race(8, lambda _number: services.pay_out_wallet(patient, by=None, key="once", **amount))
    assert {result.pk for result in results} == {results[0].pk}
    assert held(patient) == Decimal(90)


def test_whatever_eight_do_at_once_no_wallet_loses_or_makes_money(
    patient: Any, race: Callable[..., list[Any]], is_long: bool
) -> None:
    """Transfers in both directions would deadlock if they locked in their own order."""
    family = [patient, holding("200"), holding("200")]
    operations = ALL_OPERATIONS if is_long else OPERATIONS

    def act(thread: int) -> int:
        chance = Chance(f"thread {thread}")
        return sum(_operate(chance, family, f"{thread} {turn}") for turn in range(operations // 8))

    counts = race(8, act)
    assert not [found for found in counts if isinstance(found, Exception)]
    assert sum(counts) > operations / 4
    for wallet in Wallet.objects.filter(patient__in=family):
        balance = Decimal(0)
        for number, entry in enumerate(wallet.entries.order_by("number"), start=1):
            balance += entry.amount
            assert (entry.number, entry.balance_after) == (number, balance)
            assert balance >= 0
        assert (wallet.balance, wallet.last_number) == (balance, number)
    assert sum(entry.amount for entry in LedgerEntry.objects.filter(other__isnull=False)) == 0


def _operate(chance: Chance, family: list[Any], key: str) -> bool:
    """Something with somebody's wallet; whether it was done. What is refused is an answer too."""
    amount = Decimal(chance.randrange(1, 9_000)).scaleb(-2)
    giver, taker = chance.sample(family, 2)
    verb, facts = chance.choice(
        [
            (services.top_up_wallet, {"method": "cash"}),
            (services.pay_out_wallet, {"method": "card"}),
            (services.transfer_wallet, {"to": taker}),
            (services.transfer_wallet, {"to": taker}),
            (services.adjust_wallet, {"reason": "Counted again"}),
        ]
    )
    try:
        verb(giver, by=None, key=key, amount=amount, **facts)
    except Refusal:
        return False
    return True
