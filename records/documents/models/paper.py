"""Papers that somebody has to believe: a licence, an identity, the clinic's own registration."""

import datetime
import uuid
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions

# So many days before a paper runs out its people are told, and again, and on the day itself.
REMINDERS = (30, 7, 0)
SOON = datetime.timedelta(days=REMINDERS[0])


class PaperKind(models.TextChoices):
    """What a paper shows."""

    LICENCE = "licence", _("Licence to practise")
    IDENTITY = "identity", _("Identity")
    QUALIFICATION = "qualification", _("Qualification")
    LIABILITY = "liability", _("Liability insurance")
    REGISTRATION = "registration", _("Registration of the clinic")
    OTHER = "other", _("Other")


class PaperStatus(models.TextChoices):
    """Whether somebody has looked at a paper and believes it."""

    PENDING = "pending", _("To be checked")
    VERIFIED = "verified", _("Verified")
    REJECTED = "rejected", _("Rejected")


S = PaperStatus
DECIDED = (S.VERIFIED, S.REJECTED)


class PaperQuerySet(EntityQuerySet):
    """Words for papers."""

    def visible_to(self, member: Member | None) -> Self:
        """All for those who decide on them; for everybody else the own."""
        if member is None:
            return self.none()
        return self if member.may("documents.verify_paper") else self.filter(member_id=member.pk)

    def with_people(self) -> Self:
        """With the names of whose it is and who decided, in the same statement."""
        return self.select_related("member", "submitted_by", "decided_by")

    def of(self, member_id: str) -> Self:
        """Those of one member; none for what is no key."""
        try:
            return self.filter(member_id=uuid.UUID(member_id))
        except ValueError:
            return self.none()

    def pending(self) -> Self:
        """Those that wait for somebody to look at them, the oldest first."""
        return self.filter(status=S.PENDING).order_by("created_at", "id")

    def expiring(self) -> Self:
        """Verified ones that run out soon or have, unless a later one has taken their place."""
        same = Q(member=OuterRef("member")) | Q(member__isnull=True, clinics=True)
        later = Paper.objects.alias(clinics=IsNull(OuterRef("member"), True)).filter(
            same, status=S.VERIFIED, kind=OuterRef("kind"), expires_on__gt=OuterRef("expires_on")
        )
        due = self.filter(status=S.VERIFIED, expires_on__lte=timezone.localdate() + SOON)
        return due.filter(~Exists(later)).order_by("expires_on", "id")

    def unreminded(self) -> Self:
        """Of these, the ones whose people have not been told since the last of the days for it came."""
        due = Q(reminded_on__isnull=True)
        for days in REMINDERS[1:]:
            ahead = datetime.timedelta(days=days)
            due |= Q(expires_on__lte=timezone.localdate() + ahead, expires_on__gt=F("reminded_on") + ahead)
        return self.expiring().filter(due)


class Paper(Stateful, Entity):
    """A paper handed in, of a member or (without one) of the clinic itself, and what became of it."""

    Kind = PaperKind
    Status = PaperStatus
    TRANSITIONS = Transitions(
        ("verify_paper", {S.PENDING}, S.VERIFIED),
        ("reject_paper", {S.PENDING}, S.REJECTED),
    )

    member = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="papers",
        db_index=False,
        verbose_name=_("whose"),
    )
    kind = models.CharField(_("what it shows"), max_length=20, choices=PaperKind.choices)
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("number on it"), max_length=100, blank=True)
    issued_by = models.CharField(_("issued by"), max_length=200, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    submitted_by = actor(_("handed in by"))
    status = models.CharField(_("state"), max_length=20, choices=S.choices, default=S.PENDING, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    # Empty when it was the platform's owner in a support session: the trail says who.
    decided_by = actor(_("decided by"))
    reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True, editable=False)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("kind", PaperKind, "paper_kind"),
            one_of("status", S, "paper_status"),
            models.CheckConstraint(
                condition=~Q(title=""), name="paper_title", violation_error_message=_("Give it a title.")
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(issued_on__isnull=True)
                | Q(expires_on__gt=F("issued_on")),
                name="paper_dates",
                violation_error_message=_("A paper runs out after the day it was issued."),
            ),
            exactly_when("decided_at", "status", DECIDED, "paper_decided"),
            # Who it is about does not decide on it.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (Q(status__in=DECIDED) & (Q(member__isnull=True) | ~Q(decided_by=F("member")))),
                name="paper_decided_by_another",
                violation_error_message=_("Somebody else has to decide on your own paper."),
            ),
            models.CheckConstraint(
                condition=~Q(status=S.REJECTED, reason="") & (Q(status__in=DECIDED) | Q(reason="")),
                name="paper_reason",
                violation_error_message=_("Say why the paper is rejected."),
            ),
        )
        indexes = (
            models.Index(fields=["member", "-created_at"], name="paper_of_member"),
            models.Index(fields=["status", "created_at", "id"], name="paper_pending"),
            models.Index(fields=["kind", "expires_on"], name="paper_expires"),
        )

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """What has run out already is not handed in, nor what is issued in the future."""
        today = timezone.localdate()
        if self.expires_on and self.expires_on < today:
            raise ValidationError({"expires_on": _("This paper has run out. Hand in the new one.")})
        if self.issued_on and self.issued_on > today:
            raise ValidationError({"issued_on": _("The day of issue cannot lie in the future.")})

    @property
    def is_expired(self) -> bool:
        """Whether it was believed once and has run out."""
        return (
            self.status == S.VERIFIED
            and self.expires_on is not None
            and self.expires_on < timezone.localdate()
        )

    @property
    def is_expiring(self) -> bool:
        """Whether it runs out soon."""
        limit = timezone.localdate() + SOON
        is_soon = self.expires_on is not None and self.expires_on <= limit
        return self.status == S.VERIFIED and is_soon and not self.is_expired

    @property
    def owner(self) -> Any:
        """Whose it is, in words."""
        return self.member.name if self.member else _("The clinic")
