"""The outbox: a message is a row of the transaction that gave rise to it."""

from typing import Any, Self

from django.db import models
from django.db.models import Count, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.notifications.kinds import label_of
from clinic.states import Transitions


class Channel(models.TextChoices):
    """How a message travels."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class Status(models.TextChoices):
    """Where a message is."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("uncertain")
    VOID = "void", _("no longer needed")


# What people read, and in which colour.
STANDINGS: dict[str, tuple[Any, str]] = {
    Status.QUEUED: (_("Waiting"), "wait"),
    Status.SENDING: (_("Being sent"), "wait"),
    Status.SENT: (_("Sent"), "good"),
    Status.FAILED: (_("Not sent"), "bad"),
    Status.UNCERTAIN: (_("May have arrived"), "bad"),
    Status.VOID: (_("Withdrawn"), ""),
}


class OutboxQuerySet(EntityQuerySet):
    """Words for messages."""

    def about(self, about_id: Any) -> Self:
        """What was written about a record, without its texts."""
        return self.filter(about_id=about_id).defer("body", "calendar")

    def to_member(self, member_id: Any) -> Self:
        """What was written to a person, without its texts."""
        return self.filter(member_id=member_id).defer("body", "calendar")

    def needing_decision(self) -> Self:
        """What only a person can settle: uncertain ones, and failures that are not tried again."""
        return self.filter(Q(status=Status.UNCERTAIN) | Q(status=Status.FAILED, retry_at__isnull=True))

    def waiting(self) -> Self:
        """What is on its way or will be."""
        on_its_way = Q(status__in=[Status.QUEUED, Status.SENDING])
        return self.filter(on_its_way | Q(status=Status.FAILED, retry_at__isnull=False))

    def counted(self) -> Any:
        """How many they are, as a number for another statement to ask along; nothing when there are none."""
        return self.order_by().values(one=Value(1)).annotate(count=Count("pk")).values("count")

    def void_about(self, about_id: Any) -> int:
        """Withdraw what has not arrived yet about a record; how many there were."""
        unsent = self.filter(about_id=about_id, status__in=[Status.QUEUED, Status.FAILED, Status.UNCERTAIN])
        return unsent.update(status=Status.VOID, retry_at=None)


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
        ("confirm_message", {"uncertain"}, "sent"),
        ("void_message", {"queued", "failed", "uncertain"}, "void"),
    )
    # What cannot be sent because nobody knows where to is born failed, for a person to see.
    INITIAL = ("queued", "failed")
    MOST_ATTEMPTS = 5

    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(_("to"), max_length=254, blank=True)
    # The member it is for. A key without a reference: in the platform's outbox there are no members.
    member_id = models.UUIDField(_("person"), null=True, blank=True, db_index=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    # The visits it is about, for the reader's calendar (RFC 5545): goes along as an attachment.
    calendar = models.TextField(_("calendar entry"), blank=True)
    # The paper that goes along, by its name and what it is about (clinic.notifications.enclosures).
    enclosure = models.JSONField(_("enclosed paper"), default=dict, blank=True)
    # Its text opens something (an invitation, a new password): it is kept only until it is sent.
    is_secret = models.BooleanField(_("secret"), default=False)
    key = models.CharField(_("about"), max_length=200)
    about_id = models.UUIDField(_("record"), null=True, blank=True)
    # Never changes; a failure is tried again at `retry_at`, and without one only if a person wants it.
    due_at = models.DateTimeField(_("due"))
    retry_at = models.DateTimeField(_("next try"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("problem"), blank=True)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        ordering = ("-due_at",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "channel", "key"], name="outbox_once"),
            models.UniqueConstraint(
                fields=["about_id", "kind", "channel", "due_at"],
                condition=Q(about_id__isnull=False),
                name="outbox_once_when_due",
            ),
            models.CheckConstraint(
                condition=Q(retry_at__isnull=True) | Q(status="failed"), name="outbox_retry_of_failed"
            ),
            models.CheckConstraint(
                condition=~Q(recipient="") | Q(status__in=["failed", "void"]), name="outbox_to_somebody"
            ),
            one_of("status", Status, "outbox_status"),
            one_of("channel", Channel, "outbox_channel"),
            models.CheckConstraint(
                condition=~Q(is_secret=True, status="sent") | Q(body=""), name="outbox_secret_forgotten"
            ),
            exactly_when("sent_at", "status", ["sent"], "outbox_sent_at"),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(status="queued"), name="outbox_queued"),
            models.Index(fields=["retry_at"], condition=Q(status="failed"), name="outbox_failed"),
            models.Index(
                fields=["claimed_at"], condition=Q(status__in=["sending", "uncertain"]), name="outbox_adrift"
            ),
            models.Index(fields=["about_id"], name="outbox_about"),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"

    @property
    def kind_label(self) -> str:
        """What kind of message it is, in words."""
        return label_of(self.kind)

    @property
    def standing(self) -> Any:
        """Where it is, in a receptionist's words."""
        if self.status == Status.FAILED and not self.recipient:
            return _("No address")
        if self.status == Status.FAILED and self.retry_at:
            return _("Will be tried again")
        if self.status == Status.QUEUED and self.due_at > timezone.now():
            return _("Goes out later")
        return STANDINGS[self.status][0]

    @property
    def tone(self) -> str:
        """The colour that goes with `standing`."""
        return "wait" if self.status == Status.FAILED and self.retry_at else STANDINGS[self.status][1]

    @property
    def problem(self) -> str:
        """What went wrong, in a sentence."""
        return self.error.partition("\n")[0]

    @property
    def heard(self) -> str:
        """What the server said about it, for whoever runs the site."""
        return self.error.partition("\n")[2]
