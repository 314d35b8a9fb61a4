"""What is typed at a cash desk."""

from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from billing.cash.denominations import pieces_of
from billing.cash.models import CashDesk, CashMovement, CashSession
from clinic.forms import Form, money_field
from clinic.money import coin
from clinic.templatetags.clinic import money


class DeskForm(Form):
    """One more cash desk."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As people call it: front desk, pharmacy.")
    )


class OpenForm(Form):
    """A cash desk, and what lies in it to begin with."""

    desk = forms.ModelChoiceField(CashDesk.objects.none(), label=_("Cash desk"), empty_label=None)

    def __init__(self, data: Any = None, *, digits: int, desk: Any = None) -> None:
        super().__init__(data, initial={"desk": desk})
        self.fields["desk"].queryset = CashDesk.objects.free()  # type: ignore[attr-defined]
        # A clinic that has none gets its first one by opening it.
        if not CashDesk.objects.exists():
            del self.fields["desk"]
        self.fields["opening_float"] = money_field(
            digits,
            label=_("Money to begin with"),
            min_value=Decimal(0),
            help_text=_("The change that lies in the drawer now. Count it first."),
        )


class MoveForm(Form):
    """Money that is put in or taken out by hand."""

    direction = forms.ChoiceField(
        label=_("What"),
        choices=[
            (CashMovement.Kind.TAKEN_OUT.value, _("Take out (to the bank, to the safe)")),
            (CashMovement.Kind.PUT_IN.value, _("Put in (change, what was forgotten)")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("For example: brought to the bank.")
    )

    def __init__(self, data: Any = None, *, session: CashSession) -> None:
        super().__init__(data)
        smallest = coin(session.digits)
        self.fields["amount"] = money_field(session.digits, label=_("Amount"), min_value=smallest)
        self.order_fields(["direction", "amount", "reason"])


class CloseForm(Form):
    """What was counted: as a sum, or note by note and coin by coin."""

    explanation = forms.CharField(
        label=_("How a difference came about"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed only where more or less is there than should be."),
    )

    def __init__(self, data: Any = None, *, session: CashSession) -> None:
        super().__init__(data)
        self.fields["counted"] = money_field(
            session.digits,
            label=_("Counted"),
            min_value=Decimal(0),
            required=False,
            help_text=_("All the money in the drawer. Leave it empty if you count by notes and coins."),
        )
        self.values = {f"pieces_{number}": value for number, value in enumerate(pieces_of(session.currency))}
        for name, value in self.values.items():
            widget = forms.NumberInput(
                attrs={"class": "form-control", "inputmode": "numeric", "placeholder": "0"}
            )
            self.fields[name] = forms.IntegerField(
                label=money(value, session.currency),
                min_value=0,
                max_value=1_000_000,
                required=False,
                widget=widget,
            )
        self.order_fields(["counted", "explanation"])

    @property
    def helper(self) -> FormHelper:
        """The pieces have a place of their own on the page."""
        helper = super().helper
        helper.layout = Layout("counted", "explanation")
        return helper

    @property
    def pieces(self) -> list[BoundField]:
        """The fields for notes and coins, the largest first."""
        return [self[name] for name in self.values]

    def service_data(self) -> dict[str, Any]:
        """The sum, the pieces by their values, and the explanation."""
        data = self.cleaned_data
        pieces = {value: data[name] or 0 for name, value in self.values.items()}
        return {"counted": data["counted"], "explanation": data["explanation"], "pieces": pieces}
