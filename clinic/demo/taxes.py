"""The demo's taxes, and what the old pay less."""

from dataclasses import replace
from decimal import Decimal

from accounts.members.models import PatientProfile
from billing.models import Charge
from billing.services import add_tax_rate, update_billing_policy
from clinic.demo.scene import Scene

# From this age on what comes beside a visit costs a tenth less.
OLD, LESS = 65, Decimal(10)


def set_taxes(scene: Scene) -> None:
    """How this clinic writes its invoices: the tax in its prices, or on top of them."""
    taxes = scene.plan["taxes"]
    add_tax_rate(by=scene.admin, name=taxes["name"], percent=Decimal(taxes["percent"]))
    update_billing_policy(by=scene.admin, tax_inclusive=taxes["tax_inclusive"], days_to_pay=14)


def extra(scene: Scene, what: str, price: str, patient: PatientProfile) -> Charge:
    """What is charged beside the visit, with its tax, and the discount of the old."""
    charge, taxes = Charge(what, Decimal(1), Decimal(price)), scene.plan["taxes"]
    if what in taxes["borne_by"]:
        charge = replace(charge, tax_name=taxes["name"], tax_percent=Decimal(taxes["percent"]))
    if (patient.age or 0) >= OLD:
        charge = replace(charge, discount_percent=LESS)
    return charge
