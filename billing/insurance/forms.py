"""What is typed about payers and policies."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.insurance.models import ALL, Payer, Policy
from clinic.db.current import connection
from clinic.forms import DateInput, ModelForm, money_field
from clinic.money import coin, digits_of, rounded

AMOUNTS = ("fixed", "maximum")


class PayerForm(ModelForm):
    """Who pays for patients."""

    class Meta:
        model = Payer
        fields = ("name", "number", "contact")
        widgets: ClassVar = {"contact": forms.Textarea(attrs={"rows": 3})}


class PolicyForm(ModelForm):
    """What a payer covers for a patient."""

    class Meta:
        model = Policy
        fields = (
            "payer",
            "member_number",
            "percent",
            "fixed",
            "maximum",
            "valid_from",
            "valid_until",
            "priority",
        )
        widgets: ClassVar = {"valid_from": DateInput(), "valid_until": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        digits = self.instance.digits
        if digits is None:
            digits = digits_of(connection.tenant.currency)
            self.fields["valid_from"].initial = timezone.localdate()
            self.fields["payer"].queryset = Payer.objects.active()  # type: ignore[attr-defined]
        else:
            # Whose policy it is and with whom stays.
            del self.fields["payer"]
        self.fields["percent"].widget.attrs |= {"step": "0.01", "max": str(ALL), "inputmode": "decimal"}
        for name in AMOUNTS:
            known = getattr(self.instance, name)
            self.initial[name] = known if known is None else rounded(known, digits)
            smallest = coin(digits)
            label = self.fields[name].label
            self.fields[name] = money_field(digits, label=label, min_value=smallest, required=False)
        self.fields["maximum"].help_text = _("Leave this empty when there is no limit.")
