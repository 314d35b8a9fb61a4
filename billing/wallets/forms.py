"""What is typed at a wallet."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from billing.wallets.models import AT_THE_DESK, Wallet
from clinic.forms import Form, money_field
from clinic.money import coin


class WalletForm(Form):
    """An amount, at one patient's wallet."""

    least: Decimal | None = Decimal(0)

    def __init__(self, data: Any = None, *, wallet: Wallet) -> None:
        super().__init__(data)
        smallest = None if self.least is None else coin(wallet.digits)
        self.fields["amount"] = money_field(wallet.digits, label=_("Amount"), min_value=smallest)
        self.order_fields(["amount"])


class OutsideForm(WalletForm):
    """Money that comes in from outside, or goes out."""

    method = forms.ChoiceField(
        label=_("How"), choices=[(method.value, method.label) for method in AT_THE_DESK]
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("What the card slip or the bank statement says."),
    )


class AdjustForm(WalletForm):
    """A correction, up or down."""

    least = None
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def __init__(self, data: Any = None, *, wallet: Wallet) -> None:
        super().__init__(data, wallet=wallet)
        self.fields["amount"].help_text = _("With a minus for what is to be taken away.")


class TransferForm(WalletForm):
    """Money for another patient's wallet."""

    to = forms.ModelChoiceField(
        PatientProfile.objects.none(),
        label=_("To"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose to whom the money goes.")},
    )
    reason = forms.CharField(
        label=_("How they belong together"),
        max_length=500,
        required=False,
        help_text=_("For example: mother of the child."),
    )

    def __init__(self, data: Any = None, *, wallet: Wallet, member: Member, to: Any = None) -> None:
        super().__init__(data, wallet=wallet)
        self.fields["to"].queryset = PatientProfile.objects.visible_to(member)  # type: ignore[attr-defined]
        self.fields["to"].initial = to
