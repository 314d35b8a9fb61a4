"""Taxes, and how the clinic writes its invoices."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import BillingPolicy, TaxRate
from billing.models.taxes import LONGEST_TO_PAY, LONGEST_TO_REMIND, MOST_REMINDERS
from clinic.forms import ModelForm


class TaxRateForm(ModelForm):
    """A tax."""

    class Meta:
        model = TaxRate
        fields = ("name", "percent")


class BillingPolicyForm(ModelForm):
    """How the clinic writes its invoices."""

    # Two sentences to choose from: a box to tick would leave the other one to be guessed.
    tax_inclusive = forms.TypedChoiceField(
        label=_("Prices"),
        choices=[(True, _("The tax is in the prices")), (False, _("The tax is added to the prices"))],
        coerce=lambda typed: typed == "True",
        widget=forms.RadioSelect,
        help_text=_("Fees agreed at booking are prices too. It holds for invoices begun from now on."),
    )

    class Meta:
        model = BillingPolicy
        fields = (
            "tax_inclusive",
            "default_tax",
            "days_to_pay",
            "reminds",
            "reminder_days",
            "most_reminders",
        )
        labels: ClassVar = {
            "reminds": _("Remind patients of overdue invoices"),
            "reminder_days": _("Days until a reminder"),
            "most_reminders": _("Reminders of one invoice, at most"),
        }
        widgets: ClassVar = {
            "days_to_pay": forms.NumberInput(attrs={"min": 0, "max": LONGEST_TO_PAY}),
            "reminder_days": forms.NumberInput(attrs={"min": 1, "max": LONGEST_TO_REMIND}),
            "most_reminders": forms.NumberInput(attrs={"min": 1, "max": MOST_REMINDERS}),
        }
        help_texts: ClassVar = {
            "default_tax": _("Each line may bear another one."),
            "days_to_pay": _("So long after it is issued an invoice is due, unless the desk says otherwise."),
            "reminds": _(
                "By e-mail with the invoice, else by text message. Never of what an insurance is asked for."
            ),
            "reminder_days": _("After the day it was due, and after each reminder."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        default: Any = self.fields["default_tax"]
        default.queryset = TaxRate.objects.active()
        default.empty_label = _("No tax")
