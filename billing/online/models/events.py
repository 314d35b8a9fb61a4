"""What providers told us."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.online.models.payments import OnlinePayment
from billing.online.models.providers import PaymentProvider
from clinic.models import Entity, EntityQuerySet, one_of


class Outcome(models.TextChoices):
    """What became of a message."""

    RECEIVED = "received", _("Received")
    COUNTED = "counted", _("Acted upon")
    NOTHING = "nothing", _("Nothing to do")
    UNCLEAR = "unclear", _("To be looked into")


class WebhookEvent(Entity):
    """A message of a provider whose signature was right, once: the same one again changes nothing.

    Of what it said only the hash is kept: it may name whoever paid.
    """

    Outcome = Outcome

    provider = models.ForeignKey(
        PaymentProvider, models.PROTECT, related_name="events", verbose_name=_("provider")
    )
    event_id = models.CharField(_("provider's number"), max_length=255)
    kind = models.CharField(_("kind"), max_length=100)
    body_hash = models.CharField(max_length=64, editable=False)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.RECEIVED)
    online_payment = models.ForeignKey(
        OnlinePayment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("online payment"),
    )

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a provider")
        verbose_name_plural = _("messages of providers")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("outcome", Outcome, "online_event_outcome"),
            models.UniqueConstraint(fields=["provider", "event_id"], name="online_event_once"),
        )
        indexes = (models.Index(fields=["-created_at", "-id"], name="online_event_latest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
