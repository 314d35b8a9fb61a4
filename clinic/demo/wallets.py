"""The demo's wallets: some patients pay ahead, a mother for her child, an invoice is paid from one."""

from datetime import datetime
from typing import Any

from accounts.members.models import PatientProfile
from billing.models import Invoice, Payment
from billing.services import record_payment
from billing.wallets.models import Wallet
from billing.wallets.services import top_up_wallet, transfer_wallet
from clinic.demo.scene import Scene, at


def fill_wallets(scene: Scene, now: datetime) -> None:
    """Once: the demo's own patient, two families, and what one of them owes."""
    if Wallet.objects.exists():
        return
    fee = max(doctor.consultation_fee for doctor in scene.doctors)
    patients = [scene.guest, *PatientProfile.objects.exclude(pk=scene.guest.pk).order_by("number")[:4]]
    with at(now, scene.desk):
        for patient in patients[:3]:
            ahead: dict[str, Any] = {"amount": fee * 2, "method": "card", "reference": "Slip 4711"}
            top_up_wallet(patient, by=scene.desk, key=f"demo wallet {patient.pk}", **ahead)
        facts: dict[str, Any] = {
            "amount": round(fee / 2, 0),
            "to": patients[3],
            "reason": "Mother of the child",
        }
        transfer_wallet(patients[1], by=scene.desk, key=f"demo transfer {patients[1].pk}", **facts)
        owed = Invoice.objects.with_paid().filter(status="issued", patient=scene.guest).first()
        if owed:
            paid: dict[str, Any] = {"amount": min(owed.open, fee), "method": Payment.Method.WALLET}
            record_payment(owed, by=scene.desk, key=f"demo paid {owed.pk}", **paid)
