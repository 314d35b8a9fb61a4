"""Setting up who takes money over the internet for the clinic."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.online.adapters import ADAPTERS
from billing.online.models import PaymentProvider, ProviderSecret
from billing.online.models.providers import Kind, kinds_here
from billing.online.sealing import SECRET, Keys
from clinic.models import Refusal, relayed


@transaction.atomic
def add_provider(
    *,
    by: Member | None,
    kind: str,
    currencies: Sequence[str],
    public_key: str = "",
    secret_key: str = "",
    webhook_secret: str = "",
) -> PaymentProvider:
    """Put a provider on the list. Nobody pays with it before it is switched on."""
    if kind not in kinds_here():
        raise Refusal(_("Choose one of the providers offered."), "kind")
    provider = PaymentProvider(kind=kind)
    if kind == Kind.SANDBOX:
        secret_key, webhook_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    return _store(provider, currencies, public_key, Keys(secret_key, webhook_secret))


@transaction.atomic
def update_provider(
    provider: PaymentProvider,
    *,
    by: Member | None,
    currencies: Sequence[str],
    public_key: str = "",
    secret_key: str = "",
    webhook_secret: str = "",
) -> PaymentProvider:
    """Change what is known of the account. A secret that is left empty stays as it is."""
    provider = PaymentProvider.objects.locked(provider.pk)
    return _store(provider, currencies, public_key, Keys(secret_key, webhook_secret))


def _store(
    provider: PaymentProvider, currencies: Sequence[str], public_key: str, entered: Keys
) -> PaymentProvider:
    _refuse_currencies(provider.kind, currencies)
    _refuse_secret(entered.secret_key, "secret_key")
    _refuse_secret(entered.webhook_secret, "webhook_secret")
    provider.currencies, provider.public_key = list(currencies), public_key.strip()
    if entered != Keys():
        provider.secrets_changed_at = timezone.now()
    with relayed(PaymentProvider):
        provider.save()
    if entered != Keys():
        _seal(provider, entered)
    return provider


def _seal(provider: PaymentProvider, entered: Keys) -> None:
    """Hold the secrets that were entered beside those that were left as they are."""
    held = ProviderSecret.objects.filter(provider=provider).first()
    if not (entered.secret_key and entered.webhook_secret) and held:
        before = provider.keys()
        entered = Keys(
            entered.secret_key or before.secret_key, entered.webhook_secret or before.webhook_secret
        )
    held = held or ProviderSecret(provider=provider)
    held.seal(entered)
    held.save()


def _refuse_secret(secret: str, field: str) -> None:
    if not SECRET.fullmatch(secret):
        raise Refusal(_("This is no key: copy it again, without spaces."), field)


def _refuse_currencies(kind: str, currencies: Sequence[str]) -> None:
    adapter = ADAPTERS[kind](Keys())
    unknown = [currency for currency in currencies if not adapter.takes(currency)]
    if unknown:
        sentence = _("%(provider)s does not take %(currencies)s.")
        facts = {"provider": Kind(kind).label, "currencies": ", ".join(unknown)}
        raise Refusal(sentence % facts, "currencies")


@transaction.atomic
def switch_on_provider(provider: PaymentProvider, *, by: Member | None) -> PaymentProvider:
    """Let patients pay with it. Raises Refusal while a secret is missing that it needs."""
    provider = PaymentProvider.objects.locked(provider.pk)
    if provider.kind not in kinds_here():
        raise Refusal(_("The trial provider is for trials only."))
    keys = provider.keys()
    if not keys.secret_key:
        raise Refusal(_("Enter the secret key before patients may pay."))
    if ADAPTERS[provider.kind].needs_webhook_secret and not keys.webhook_secret:
        raise Refusal(_("Enter the secret of the webhook too: without it nobody learns what was paid."))
    return _switch(provider, is_live=True)


@transaction.atomic
def switch_off_provider(provider: PaymentProvider, *, by: Member | None) -> PaymentProvider:
    """Let nobody begin to pay with it. What is on its way still arrives."""
    return _switch(PaymentProvider.objects.locked(provider.pk), is_live=False)


def _switch(provider: PaymentProvider, *, is_live: bool) -> PaymentProvider:
    provider.is_live = is_live
    with relayed(PaymentProvider):
        provider.save(update_fields=["is_live"])
    return provider
