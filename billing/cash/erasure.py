"""What becomes of what a patient's money moved in a drawer."""

from billing.cash.models import CashMovement
from clinic.erasure.table import declare

for _path in ("payment__invoice__patient", "refund__invoice__patient", "entry__patient"):
    declare(CashMovement, _path, accounts=("reason",), stays=("idempotency_key",))
