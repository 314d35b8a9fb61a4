"""Money of online payments that goes back by way of the provider."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models import Refund
from billing.online.models.payments import OnlinePayment
from clinic.models import Entity, EntityQuerySet, Stateful, one_of
from clinic.states import Transitions


class Status(models.TextChoices):
    """How far the provider is."""

    ASKED = "asked", _("To be sent back")
    SENT = "sent", _("With the provider")
    SUCCEEDED = "succeeded", _("Sent back")
    FAILED = "failed", _("Could not be sent back")


class OnlineRefundQuerySet(EntityQuerySet):
    """Words for refunds by way of a provider."""

    def to_send(self) -> Self:
        """Those that the provider does not know of yet, the oldest first."""
        return self.filter(status=Status.ASKED).order_by("created_at")


class OnlineRefund(Stateful, Entity):
    """A refund that the provider has to carry out. The database makes it with the refund (migration 0002)."""

    Status = Status
    TRANSITIONS = Transitions(
        ("send_online_refund", {Status.ASKED}, Status.SENT),
        # The provider was not reached: nothing was handed over.
        ("postpone_online_refund", {Status.SENT}, Status.ASKED),
        ("settle_online_refund", {Status.SENT, Status.FAILED}, Status.SUCCEEDED),
        # Even afterwards: a card's bank may send the money back.
        ("fail_online_refund", {Status.ASKED, Status.SENT, Status.SUCCEEDED}, Status.FAILED),
        ("retry_online_refund", {Status.FAILED}, Status.ASKED),
    )

    refund = models.OneToOneField(
        Refund, models.PROTECT, related_name="online_refund", verbose_name=_("refund")
    )
    online_payment = models.ForeignKey(
        OnlinePayment, models.PROTECT, related_name="refunds", verbose_name=_("online payment")
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.ASKED)
    # How often it was begun anew: each time is another one for the provider.
    rounds = models.PositiveSmallIntegerField(default=0, editable=False)
    their_reference = models.CharField(_("provider's reference"), max_length=255, blank=True)
    problem = models.CharField(_("problem"), max_length=500, blank=True)

    objects: ClassVar = OnlineRefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("online refund")
        verbose_name_plural = _("online refunds")
        ordering = ("-created_at", "-id")
        constraints = (one_of("status", Status, "online_refund_status"),)
        indexes = (
            models.Index(fields=["created_at"], condition=Q(status="asked"), name="online_refund_to_send"),
        )

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.refund}"
