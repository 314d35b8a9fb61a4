"""What becomes of what a patient has paid ahead."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from billing.wallets.models import LedgerEntry, Wallet
from clinic.erasure.table import declare, stands_in_the_way, told_of

declare(Wallet, "patient", stays=("currency",))
declare(LedgerEntry, "patient", accounts=("reference", "reason"), stays=("idempotency_key",))
told_of(Wallet, "patient")
told_of(LedgerEntry, "patient")


@stands_in_the_way
def money_ahead(patient_id: Any) -> Iterator[Any]:
    """Money that is the patient's."""
    if Wallet.objects.filter(patient=patient_id, balance__gt=0).exists():
        yield _("There is money in the patient's wallet. Pay it out first.")
