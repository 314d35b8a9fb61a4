"""What clinics pay for, and what each has agreed to."""

from typing import Any, ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from tenants.models.names import is_currency
from tenants.models.organization import Organization


class Period(models.TextChoices):
    """What the price is for."""

    MONTH = "month", _("a month")
    YEAR = "year", _("a year")


class Terms(models.Model):
    """What is paid, and for what."""

    name = models.CharField(_("name"), max_length=60)
    price = models.DecimalField(
        _("price"), max_digits=12, decimal_places=3, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("currency"), max_length=3, validators=[is_currency])
    period = models.CharField(_("for"), max_length=5, choices=Period.choices, default=Period.MONTH)
    most_doctors = models.PositiveSmallIntegerField(
        _("doctors"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many may work at the clinic; empty: as many as it likes."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def terms(self) -> dict[str, Any]:
        """What a clinic agrees to, by the names of its columns."""
        return {name: getattr(self, name) for name in TERMS}


TERMS = ("name", "price", "currency", "period", "most_doctors")


class PlanQuerySet(EntityQuerySet):
    """Words for plans."""

    def offered(self) -> Self:
        """Those anybody may choose, the cheapest first."""
        return self.filter(is_listed=True, retired_at__isnull=True).order_by("price", "name", "id")

    def offered_to(self, organization: Organization) -> Self:
        """Those the clinic may choose: in its own currency, where there are any."""
        offered = self.offered()
        own = Plan.objects.offered().filter(currency=organization.currency).order_by()
        return offered.filter(Q(currency=organization.currency) | ~models.Exists(own))


class Plan(Terms, Entity):
    """What the platform offers to clinics. Its price may change: who has agreed to it keeps the old one."""

    text = models.TextField(
        _("what it includes"), max_length=1000, blank=True, help_text=_("A line for each thing.")
    )
    is_listed = models.BooleanField(
        _("offered to everybody"),
        default=True,
        help_text=_("Otherwise only you enter it for a clinic."),
    )
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    objects: ClassVar = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("currency", "price", "name")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""), name="plan_name", violation_error_message=_("Give it a name.")
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="plan_price",
                violation_error_message=_("A price is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"),
                name="plan_currency",
                violation_error_message=_("This is not a currency code, such as EUR or NGN."),
            ),
            one_of("period", Period, "plan_period"),
            models.CheckConstraint(
                condition=Q(most_doctors__isnull=True) | Q(most_doctors__gte=1),
                name="plan_doctors",
                violation_error_message=_("A plan is for one doctor at least."),
            ),
            models.UniqueConstraint(
                Lower("name"),
                "currency",
                condition=Q(retired_at__isnull=True),
                name="plan_once",
                violation_error_message=_("There is a plan of this name in this currency already."),
            ),
        )
        indexes = (models.Index(fields=["price", "name", "id"], name="plan_offered"),)

    @property
    def lines(self) -> list[str]:
        """What it includes, one thing after the other."""
        return [line.strip() for line in self.text.splitlines() if line.strip()]


class SubscriptionStatus(models.TextChoices):
    """How far the platform and the clinic agree."""

    REQUESTED = "requested", _("chosen")
    ACTIVE = "active", _("agreed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    ENDED = "ended", _("ended")


class Subscription(Stateful, Terms, Entity):
    """A clinic's plan with the price it was chosen at, which is the clinic's for as long as it keeps it."""

    Status = SubscriptionStatus
    TRANSITIONS = Transitions(
        ("activate_plan", {Status.REQUESTED}, Status.ACTIVE),
        ("withdraw_plan", {Status.REQUESTED}, Status.WITHDRAWN),
        ("end_plan", {Status.ACTIVE}, Status.ENDED),
    )

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="subscriptions", verbose_name=_("clinic")
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="subscriptions", verbose_name=_("plan"))
    status = models.CharField(
        _("state"), max_length=9, choices=Status.choices, default=Status.REQUESTED, editable=False
    )
    chosen_at = models.DateTimeField(_("chosen"), editable=False)
    # The clinic's administrator, or who of the platform entered it; in words, for that row is elsewhere.
    chosen_by = models.CharField(_("chosen by"), max_length=200, blank=True, editable=False)
    started_at = models.DateTimeField(_("since"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("until"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("clinic's plan")
        verbose_name_plural = _("clinics' plans")
        ordering = ("-chosen_at", "-id")
        constraints = (
            one_of("status", SubscriptionStatus, "subscription_status"),
            exactly_when("started_at", "status", ["active", "ended"], "subscription_started"),
            exactly_when("ended_at", "status", ["withdrawn", "ended"], "subscription_ended"),
            *(
                models.UniqueConstraint(
                    fields=["organization"],
                    condition=Q(status=status),
                    name=f"subscription_one_{status}",
                    violation_error_message=sentence,
                )
                for status, sentence in (
                    ("requested", _("Another plan has been chosen already.")),
                    ("active", _("The clinic has a plan already.")),
                )
            ),
        )
        indexes = (
            models.Index(fields=["organization", "-chosen_at", "-id"], name="subscription_of"),
            models.Index(fields=["status", "-chosen_at"], name="subscription_by_status"),
        )
