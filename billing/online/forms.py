"""What is typed about online payments."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.online.models import PaymentProvider
from billing.online.models.providers import Kind, kinds_here
from clinic.forms import Form

CURRENCIES = re.compile(r"[A-Z]{3}( [A-Z]{3})*")


class SecretInput(forms.PasswordInput):
    """A secret goes in and never comes out again; no browser keeps it."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "new-password", "spellcheck": "false"}, render_value=False)


class ProviderForm(Form):
    """The clinic's account with a provider."""

    currencies = forms.CharField(
        label=_("Currencies"),
        max_length=60,
        help_text=_("Those the account takes, for example: NGN USD"),
    )
    public_key = forms.CharField(
        label=_("Public key"),
        max_length=200,
        required=False,
        help_text=_("It tells accounts apart, and trial keys from real ones. Patients may see it."),
    )
    secret_key = forms.CharField(
        label=_("Secret key"), max_length=300, required=False, widget=SecretInput(), strip=True
    )
    webhook_secret = forms.CharField(
        label=_("Secret of the webhook"), max_length=300, required=False, widget=SecretInput(), strip=True
    )

    def __init__(self, data: Any = None, *, provider: PaymentProvider | None = None, currency: str) -> None:
        known = provider.currencies if provider else [currency]
        facts = {"currencies": " ".join(known), "public_key": provider.public_key if provider else ""}
        super().__init__(data, initial=facts)
        self.fields["secret_key"].help_text = _("It is stored encrypted and never shown again.")
        self.fields["webhook_secret"].help_text = _("With Paystack there is none: leave it empty.")
        if provider and provider.secrets_changed_at:
            self.fields["secret_key"].help_text = _("There is one. Leave this empty to keep it.")
        if provider and provider.kind == Kind.SANDBOX:
            for name in ("public_key", "secret_key", "webhook_secret"):
                del self.fields[name]
        elif provider and provider.kind == Kind.PAYSTACK:
            del self.fields["webhook_secret"]
        elif provider:
            self.fields["webhook_secret"].help_text = self.fields["secret_key"].help_text

    def clean_currencies(self) -> list[str]:
        """Codes with spaces or commas between them."""
        words = " ".join(self.cleaned_data["currencies"].upper().replace(",", " ").split())
        if not CURRENCIES.fullmatch(words):
            raise forms.ValidationError(_("Write each currency as its three letters: EUR, NGN."))
        return sorted(set(words.split()))


class AddProviderForm(ProviderForm):
    """An account with a provider that is not on the list yet."""

    kind = forms.ChoiceField(label=_("Provider"))

    def __init__(self, data: Any = None, *, currency: str) -> None:
        super().__init__(data, currency=currency)
        here = [(value, label) for value, label in Kind.choices if value in kinds_here()]
        self.fields["kind"].choices = here  # type: ignore[attr-defined]
        self.order_fields(["kind"])


class StartForm(Form):
    """With which provider; the sum is not asked of anybody."""

    provider = forms.ModelChoiceField(PaymentProvider.objects.none(), widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, currency: str) -> None:
        super().__init__(data)
        self.fields["provider"].queryset = PaymentProvider.objects.taking(currency)  # type: ignore[attr-defined]
