"""A cash desk from its opening to its count, and who works there.

Money is Decimal in the clinic's currency. What should be there is the float and all movements; the database
reckons it too when the session is closed, and keeps it as it is from then on (migration 0002).
"""

from decimal import Decimal
from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from accounts.members.models.member import actor
from billing.cash.models.desks import CashDesk
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.money import NOTHING
from clinic.states import Transitions

WORKS_ELSEWHERE = _("You work at another cash desk. Leave that one, or close it, and try again.")


class Status(models.TextChoices):
    """A session is counted once."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class CashSessionQuerySet(EntityQuerySet):
    """Words for sessions."""

    def visible_to(self, member: Member | None) -> Self:
        """Every session for administrators; for the desk those one opened or worked at."""
        if member is None or not member.may("cash.session_list"):
            return self.none()
        if member.may("cash.view_all_sessions"):
            return self.all()
        return self.filter(Q(opened_by=member) | Exists(CashShift.objects.of(member)))

    def open(self) -> Self:
        """Those not yet counted."""
        return self.filter(status=Status.OPEN)

    def closed(self) -> Self:
        """Those that were counted."""
        return self.filter(status=Status.CLOSED)

    def with_people(self) -> Self:
        """Desk, who opened and who closed come along in the same statement."""
        return self.select_related("desk", "opened_by", "closed_by")

    def with_held(self) -> Self:
        """With what should be in the drawer now, in `held`."""
        own = CashSession.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        sums = own.annotate(sum=Sum("movements__amount")).values("sum")
        return self.annotate(held=F("opening_float") + Coalesce(Subquery(sums), NOTHING))

    def seen_by(self, member: Member) -> Self:
        """With whether `member` may open each, in `is_seen`, and works there now, in `is_mine`."""
        here = Exists(CashShift.objects.of(member).open())
        return self.annotate(is_mine=here, is_seen=Q(pk__in=CashSession.objects.visible_to(member)))


class CashSession(Stateful, Entity):
    """What happens at one cash desk between a float and a count."""

    Status = Status
    TRANSITIONS = Transitions(("close_session", {Status.OPEN}, Status.CLOSED))

    desk = models.ForeignKey(
        CashDesk, models.PROTECT, related_name="sessions", db_index=False, verbose_name=_("cash desk")
    )
    status = models.CharField(_("state"), max_length=12, choices=Status.choices, default=Status.OPEN)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    digits = models.PositiveSmallIntegerField(_("places of the currency"), editable=False)
    opening_float = models.DecimalField(
        _("money to begin with"), max_digits=14, decimal_places=3, validators=[MinValueValidator(NOTHING)]
    )
    opened_by = actor(_("opened by"))
    opened_at = models.DateTimeField(_("opened"))
    closed_by = actor(_("closed by"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    counted = models.DecimalField(
        _("counted"), max_digits=14, decimal_places=3, null=True, blank=True, editable=False
    )
    expected = models.DecimalField(
        _("should be there"), max_digits=14, decimal_places=3, null=True, blank=True, editable=False
    )
    # What was counted above what should be there; negative where something is missing.
    difference = models.DecimalField(
        _("difference"), max_digits=14, decimal_places=3, null=True, blank=True, editable=False
    )
    explanation = models.CharField(_("how the difference came about"), max_length=500, blank=True)

    # Only on rows that are `with_held`.
    held: Decimal

    objects: ClassVar = CashSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash session")
        verbose_name_plural = _("cash sessions")
        ordering = ("-opened_at", "-id")
        constraints = (
            one_of("status", Status, "cash_session_status"),
            *(
                exactly_when(fact, "status", [Status.CLOSED], f"cash_session_{fact}")
                for fact in ("closed_at", "counted", "expected", "difference")
            ),
            models.UniqueConstraint(
                fields=["desk"],
                condition=Q(status=Status.OPEN),
                name="cash_session_one_a_desk",
                violation_error_message=_("This cash desk is open already. Work there, or choose another."),
            ),
            models.UniqueConstraint(fields=["id", "digits"], name="cash_session_digits"),
            models.CheckConstraint(condition=Q(digits__lte=3), name="cash_session_places"),
            models.CheckConstraint(
                condition=Q(opening_float__gte=0)
                & Q(opening_float=Round(F("opening_float"), precision=F("digits"))),  # type: ignore[arg-type]
                name="cash_session_float",
                violation_error_message=_("The money to begin with is nothing or more, in whole coins."),
            ),
            models.CheckConstraint(
                condition=Q(counted=None)
                | Q(counted__gte=0, counted=Round(F("counted"), precision=F("digits"))),  # type: ignore[arg-type]
                name="cash_session_coins",
                violation_error_message=_("What is counted is nothing or more, in whole coins."),
            ),
            models.CheckConstraint(
                condition=Q(difference=None) | Q(difference=F("counted") - F("expected")),
                name="cash_session_reckoned",
                violation_error_message=_("The difference is what was counted less what should be there."),
            ),
            models.CheckConstraint(
                condition=Q(difference=None) | Q(difference=0) | ~Q(explanation=""),
                name="cash_session_explained",
                violation_error_message=_("Say how the difference came about."),
            ),
        )
        indexes = (
            models.Index(fields=["desk", "-opened_at"], name="cash_session_of_desk"),
            models.Index(fields=["-opened_at", "-id"], name="cash_session_latest"),
        )

    def __str__(self) -> str:
        return str(self.desk)

    def get_absolute_url(self) -> str:
        """The session's page."""
        return reverse("cash:session", args=[self.pk])

    @property
    def moved(self) -> Decimal:
        """What came in less what went out. Needs `with_held`."""
        return self.held - self.opening_float

    @property
    def is_open(self) -> bool:
        """Whether money may still move."""
        return self.status == Status.OPEN


class CashShiftQuerySet(EntityQuerySet):
    """Words for shifts."""

    def of(self, member: Member) -> Self:
        """Those of `member` at the session of the outer query."""
        return self.filter(session=OuterRef("pk"), member=member)

    def open(self) -> Self:
        """Those that have not ended."""
        return self.filter(until=None)


class CashShift(Entity):
    """Somebody works at a session: what cash this person takes is in its drawer."""

    session = models.ForeignKey(
        CashSession, models.PROTECT, related_name="shifts", verbose_name=_("cash session")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects: ClassVar = CashShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash shift")
        verbose_name_plural = _("cash shifts")
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(until=None),
                name="cash_shift_one_a_person",
                violation_error_message=WORKS_ELSEWHERE,
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="cash_shift_ends_after_it_began",
                violation_error_message=_("It ends after it began."),
            ),
        )

    def __str__(self) -> str:
        return str(self.member)


class CashCount(Entity):
    """How many of one note or coin were counted at the end."""

    session = models.ForeignKey(
        CashSession, models.PROTECT, related_name="counts", db_index=False, verbose_name=_("cash session")
    )
    value = models.DecimalField(_("note or coin"), max_digits=14, decimal_places=3)
    pieces = models.PositiveIntegerField(_("pieces"))

    class Meta:
        verbose_name = _("count of a note or coin")
        verbose_name_plural = _("counts of notes and coins")
        ordering = ("session", "-value")
        constraints = (
            models.UniqueConstraint(fields=["session", "value"], name="cash_count_once"),
            models.CheckConstraint(
                condition=Q(value__gt=0, pieces__gt=0),
                name="cash_count_something",
                violation_error_message=_("Only what is there is counted."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pieces} × {self.value}"

    @property
    def amount(self) -> Decimal:
        """What these pieces come to."""
        return self.value * self.pieces
