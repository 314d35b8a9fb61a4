"""Who takes money over the internet for the clinic, and the secrets by which the two know each other."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.online.sealing import Keys, sealed, unsealed
from clinic.models import Entity, EntityQuerySet, one_of


class Kind(models.TextChoices):
    """Whose interface it speaks."""

    STRIPE = "stripe", "Stripe"
    PAYSTACK = "paystack", "Paystack"
    SANDBOX = "sandbox", _("Trial provider")


def kinds_here() -> list[str]:
    """The kinds that may be used in this installation: money that is none only where things are tried out."""
    return [kind.value for kind in Kind if kind != Kind.SANDBOX or settings.PAYMENTS_SANDBOX]


class PaymentProviderQuerySet(EntityQuerySet):
    """Words for providers."""

    def live(self) -> Self:
        """Those that patients may pay with."""
        return self.filter(is_live=True, kind__in=kinds_here())

    def taking(self, currency: str) -> Self:
        """Those that patients may pay with in this currency."""
        return self.live().filter(currencies__contains=[currency])


class PaymentProvider(Entity):
    """The clinic's account with a provider. Its secrets are elsewhere, and never shown again."""

    Kind = Kind

    kind = models.CharField(
        _("provider"),
        max_length=12,
        choices=Kind.choices,
        unique=True,
        error_messages={"unique": _("This provider is on the list already.")},
    )
    public_key = models.CharField(_("public key"), max_length=200, blank=True)
    currencies = ArrayField(models.CharField(max_length=3), verbose_name=_("currencies"))
    is_live = models.BooleanField(_("offered to patients"), default=False, editable=False)
    # When the secrets were last entered: this is what the audit trail knows of them.
    secrets_changed_at = models.DateTimeField(_("secrets entered"), null=True, blank=True, editable=False)

    objects: ClassVar = PaymentProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment provider")
        verbose_name_plural = _("payment providers")
        ordering = ("created_at",)
        constraints = (
            one_of("kind", Kind, "online_provider_kind"),
            models.CheckConstraint(
                condition=Q(is_live=False) | Q(secrets_changed_at__isnull=False),
                name="online_provider_has_secrets",
                violation_error_message=_("Enter the secret key before patients may pay."),
            ),
            models.CheckConstraint(
                condition=~Q(currencies=[]),
                name="online_provider_currencies",
                violation_error_message=_("Name at least one currency."),
            ),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def get_absolute_url(self) -> str:
        """The page on which it is set up."""
        return reverse("online:update_provider", args=[self.pk])

    @property
    def is_of_trial(self) -> bool:
        """Whether no real money moves: the trial provider, or the keys that a provider gives for trials."""
        return self.kind == Kind.SANDBOX or "_test_" in self.public_key

    def keys(self) -> Keys:
        """The secrets, opened. Raises Refusal where there are none that can be read."""
        held = ProviderSecret.objects.filter(provider_id=self.pk).first()
        return unsealed(self.pk, held.secret_key, held.webhook_secret) if held else Keys()


class ProviderSecret(Entity):
    """A provider's secrets as they are stored: encrypted. A table apart: no trail copies them."""

    provider = models.OneToOneField(PaymentProvider, models.PROTECT, related_name="sealed")
    secret_key = models.TextField(editable=False)
    webhook_secret = models.TextField(editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("secret of a provider")
        verbose_name_plural = _("secrets of providers")

    def __str__(self) -> str:
        return str(self.provider_id)

    def seal(self, keys: Keys) -> None:
        """Hold these secrets, encrypted for this provider alone."""
        self.secret_key = sealed(self.provider_id, keys.secret_key)
        self.webhook_secret = sealed(self.provider_id, keys.webhook_secret)
