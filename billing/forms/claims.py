"""What is asked of insurances, and what they answer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.insurance.models import Payer, Policy
from billing.models import Claim
from billing.models.claims import ClaimQuerySet
from billing.services.claims import Offer
from clinic.forms import DateInput, Form, money_field
from clinic.money import coin, rounded
from clinic.templatetags.clinic import money


class ClaimFilter(forms.Form):
    """Which claims the list shows."""

    payer = forms.ModelChoiceField(
        Payer.objects.all(), required=False, label=_("Insurance"), empty_label=_("All insurances")
    )
    state = forms.ChoiceField(
        required=False, label=_("State"), choices=[("", _("All states")), *Claim.Status.choices]
    )
    sent_on = forms.DateField(required=False, label=_("Sent on"), widget=DateInput())

    @property
    def wanted(self) -> dict[str, Any]:
        """What was asked for; a malformed question asks for all."""
        return self.cleaned_data if self.is_valid() else {}

    def applied(self, claims: ClaimQuerySet) -> ClaimQuerySet:
        """Those of `claims` that were asked for."""
        names = {"payer": "payer", "state": "status", "sent_on": "sent_at__date"}
        asked = {names[name]: value for name, value in self.wanted.items() if value}
        return claims.filter(**asked)


class ClaimForm(Form):
    """Which policy of the patient is asked."""

    policy = forms.ModelChoiceField(Policy.objects.none())

    def __init__(self, data: Any = None, *, patient_id: Any) -> None:
        super().__init__(data)
        self.fields["policy"].queryset = Policy.objects.for_patient(patient_id).with_payer()  # type: ignore[attr-defined]


class ChosenClaims(Form):
    """The claims that were ticked in the list."""

    claims = forms.ModelMultipleChoiceField(
        Claim.objects.none(), error_messages={"required": _("Choose the claims that are sent.")}
    )

    def __init__(self, data: Any = None, *, claims: ClaimQuerySet) -> None:
        super().__init__(data)
        self.fields["claims"].queryset = claims  # type: ignore[attr-defined]


class AcceptForm(Form):
    """What the insurance will pay."""

    amount = forms.DecimalField()
    reason = forms.CharField(
        label=_("What the insurance says"),
        max_length=500,
        required=False,
        help_text=_("Needed when it pays less than it was asked for. The patient reads it too."),
    )

    def __init__(self, data: Any = None, *, claim: Claim) -> None:
        super().__init__(data)
        smallest = coin(claim.digits)
        asked = rounded(claim.amount, claim.digits)
        self.fields["amount"] = money_field(
            claim.digits, label=_("It will pay"), min_value=smallest, max_value=asked, initial=asked
        )
        self.order_fields(["amount", "reason"])


class PaidForm(Form):
    """The insurance's money is here."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("What the bank statement says."),
    )


class PolicyChoice(forms.ModelMultipleChoiceField):
    """Policies, each with what it would pay."""

    offers: dict[Any, str]
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """The payer, and its part."""
        return f"{obj.payer.name}: {self.offers[obj.pk]}"


def policy_choice(offers: Iterable[Offer], currency: str) -> PolicyChoice:
    """The field by which an invoice is split when it is issued; everything is ticked that would pay."""
    amounts = {offer.policy.pk: money(offer.amount, currency) for offer in offers}
    field = PolicyChoice(
        Policy.objects.filter(pk__in=amounts).with_payer(),
        required=False,
        label=_("Who pays a part of it"),
        help_text=_("What is ticked is asked of the insurance, and not of the patient."),
        initial=list(amounts),
    )
    field.offers = amounts
    return field
