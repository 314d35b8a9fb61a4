"""The outbox: a message is a row of the transaction that gave rise to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, Stateful, exactly_when, one_of
from clinic.states import Transitions


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("e-mail")


class Status(models.TextChoices):
    """Where a message is."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")
    VOID = "void", _("no longer needed")


class OutboxMessage(Entity, Stateful):
    """One message to one person. Its key says what it is about, so that the same is never sent twice."""

    Channel = Channel
    Status = Status

    # `sending` is committed before the message leaves us: a worker killed in between leaves it there, and
    # nobody can know whether it arrived. It becomes `uncertain`, for a person to decide.
    TRANSITIONS = Transitions(
        ("claim_message", {"queued", "failed"}, "sending"),
        ("mark_sent", {"sending"}, "sent"),
        ("mark_failed", {"sending"}, "failed"),
        ("mark_uncertain", {"sending"}, "uncertain"),
        ("requeue_message", {"uncertain", "failed"}, "queued"),
        ("void_message", {"queued", "failed", "uncertain"}, "void"),
    )
    MOST_ATTEMPTS = 5

    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    # Its text opens something (an invitation, a new password): it is kept only until it is sent.
    is_secret = models.BooleanField(_("secret"), default=False)
    key = models.CharField(_("about"), max_length=200)
    about_id = models.UUIDField(_("record"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("problem"), blank=True)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        ordering = ("-due_at",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "channel", "key"], name="outbox_once"),
            one_of("status", Status, "outbox_status"),
            one_of("channel", Channel, "outbox_channel"),
            models.CheckConstraint(
                condition=~Q(is_secret=True, status="sent") | Q(body=""), name="outbox_secret_forgotten"
            ),
            exactly_when("sent_at", "status", ["sent"], "outbox_sent_at"),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(status__in=["queued", "failed"]), name="outbox_due"),
            models.Index(fields=["about_id"], name="outbox_about"),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"
