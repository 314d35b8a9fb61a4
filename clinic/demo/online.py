"""The demo's online payments: with the trial provider, one of each kind, and an invoice to try it with."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.members.models import PatientProfile
from billing.models import Invoice
from billing.models.lines import Charge
from billing.online.adapters.sandbox import Sandbox
from billing.online.models import OnlinePayment, PaymentProvider
from billing.online.services import (
    add_provider,
    open_checkout,
    receive_webhook,
    start_online_payment,
    switch_on_provider,
)
from billing.online.services.paying import checkout_of
from billing.services import draft_invoice, issue_invoice, update_invoice
from clinic.demo.scene import Scene, at

DAYS_TO_PAY = timedelta(days=14)


def pay_online(scene: Scene, now: datetime) -> None:
    """Once: the provider, a payment that came and one that was declined, and what the guest may pay now."""
    if PaymentProvider.objects.exists():
        return
    currency = scene.organization.currency
    with at(now, scene.admin):
        added = add_provider(by=scene.admin, kind="sandbox", currencies=[currency])
        provider = switch_on_provider(added, by=scene.admin)
    with at(now, scene.desk):
        others = PatientProfile.objects.exclude(pk=scene.guest.pk).order_by("number")[4:6]
        for patient, choice in zip(others, ("pay", "decline"), strict=False):
            _attempt(_owed(scene, patient), provider, choice)
        _owed(scene, scene.guest)


def _owed(scene: Scene, patient: PatientProfile) -> Invoice:
    """A small invoice that nobody has paid."""
    fee = min(doctor.consultation_fee for doctor in scene.doctors if doctor.consultation_fee)
    invoice = draft_invoice(by=scene.desk, patient=patient)
    update_invoice(invoice, by=scene.desk, lines=[Charge("Medical certificate", Decimal(1), fee)])
    return issue_invoice(invoice, by=scene.desk, due_on=timezone.localdate() + DAYS_TO_PAY)


def _attempt(invoice: Invoice, provider: PaymentProvider, choice: str) -> None:
    """What the patient does on the provider's page, and what the provider tells of it."""
    key = f"demo online {invoice.pk}"
    begun = start_online_payment(invoice, by=None, key=key, provider=provider)
    open_checkout(begun.pk)
    online = OnlinePayment.objects.with_people().get(pk=begun.pk)
    headers, body = Sandbox(provider.keys()).message(choice, checkout_of(online))
    receive_webhook(provider, headers=headers, body=body)
