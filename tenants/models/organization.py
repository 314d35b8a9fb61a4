"""Clinics."""

from datetime import datetime
from typing import Any, NoReturn

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from django_tenants.models import TenantMixin

from clinic.models import Entity, EntityQuerySet, Refusal, Stateful, one_of
from clinic.states import Transitions
from tenants import directory
from tenants.models import appearance
from tenants.models.domain import absolute_url
from tenants.models.names import (
    COLOUR,
    LABEL,
    RESERVED_LABELS,
    SCHEMA_NAME,
    generated_schema_name,
    is_currency,
    is_label,
    is_locale,
    is_time_zone,
)
from tenants.models.places import coordinate, on_the_earth

# How long nobody may touch the pages before they are closed, in minutes (OWASP ASVS 5.0, 7.3.1).
STAFF_IDLE_MINUTES = (MinValueValidator(5), MaxValueValidator(60))
PATIENT_IDLE_MINUTES = (MinValueValidator(5), MaxValueValidator(120))

# The last days of a trial, in which its administrators see on every page that it ends.
LAST_DAYS = 7


class OrganizationQuerySet(EntityQuerySet):
    """Words for choosing clinics."""

    def served(self) -> "OrganizationQuerySet":
        """Those whose pages can be opened by their people."""
        return self.filter(status__in=Organization.SERVED, restoring_since=None)

    def readable(self) -> "OrganizationQuerySet":
        """Those whose patients read too: open, or read-only after a trial."""
        return self.filter(status__in=Organization.OPEN, restoring_since=None)

    def open(self) -> "OrganizationQuerySet":
        """Those in which anything can be changed."""
        is_over = models.Q(status=OrganizationStatus.TRIAL, trial_ends_at__lte=timezone.now())
        return self.readable().exclude(is_over).filter(closing_since=None)

    def closing(self) -> "OrganizationQuerySet":
        """Those that have asked to be closed, and are not closed yet."""
        return self.served().filter(closing_since__isnull=False)

    def kept(self) -> "OrganizationQuerySet":
        """Those whose schema and files are there: all but what was dropped on purpose."""
        return self.filter(dropped_at=None)

    def set_up(self) -> "OrganizationQuerySet":
        """Those of them that were ever opened: whoever is still being set up has nothing to look after."""
        return self.kept().exclude(status=OrganizationStatus.PROVISIONING)

    def past_grace(self, moment: datetime) -> "OrganizationQuerySet":
        """Those whose trial had ended by then, and who have chosen nothing that has begun."""
        return self.filter(status=OrganizationStatus.TRIAL, trial_ends_at__lte=moment)

    def with_host(self) -> "OrganizationQuerySet":
        """Each with its primary host at hand, for `url()` without another query."""
        primary = apps.get_model("tenants", "Domain").objects.filter(
            tenant=models.OuterRef("pk"), is_primary=True
        )
        return self.annotate(primary_host=models.Subquery(primary.values("domain")))


class OrganizationStatus(models.TextChoices):
    """What the installation does for the clinic."""

    PROVISIONING = "provisioning", _("being set up")
    TRIAL = "trial", _("on trial")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")


class Organization(Stateful, TenantMixin, appearance.Appearance, Entity):
    """A clinic: one PostgreSQL schema, one address, its own people (FHIR Organization)."""

    Status = OrganizationStatus
    OPEN = (Status.TRIAL, Status.ACTIVE)
    SERVED = (Status.TRIAL, Status.ACTIVE, Status.SUSPENDED)
    TRANSITIONS = Transitions(
        ("open_organization", {Status.PROVISIONING}, Status.TRIAL),
        ("activate_organization", {Status.TRIAL}, Status.ACTIVE),
        ("suspend_organization", {Status.TRIAL, Status.ACTIVE}, Status.SUSPENDED),
        ("reopen_organization", {Status.SUSPENDED}, Status.ACTIVE),
        ("close_organization", {Status.SUSPENDED}, Status.CLOSED),
    )
    auto_create_schema = False
    auto_drop_schema = False

    schema_name = models.CharField(
        _("schema"), max_length=63, unique=True, default=generated_schema_name, editable=False
    )
    name = models.CharField(_("name"), max_length=120)
    label = models.CharField(
        _("address"),
        max_length=32,
        unique=True,
        validators=[is_label],
        error_messages={"unique": _("Another clinic already has this address. Please choose another one.")},
    )
    country = CountryField(_("country"))
    currency = models.CharField(_("currency"), max_length=3, validators=[is_currency])
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[is_time_zone])
    locale = models.CharField(_("language and region"), max_length=20, default="en", validators=[is_locale])
    address = models.CharField(_("street and town"), max_length=300, blank=True)
    latitude = coordinate(_("latitude"), 90)
    longitude = coordinate(_("longitude"), 180)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    brand_colour = models.CharField(_("colour"), max_length=7, default="#0f766e")
    # Beyond the roles that always need one (accounts.members); read at each request, so it stands here.
    second_factor_roles = ArrayField(
        models.CharField(max_length=20), verbose_name=_("need a second factor too"), default=list, blank=True
    )
    staff_idle_minutes = models.PositiveSmallIntegerField(
        _("minutes until staff are signed out"), default=15, validators=STAFF_IDLE_MINUTES
    )
    patient_idle_minutes = models.PositiveSmallIntegerField(
        _("minutes until patients are signed out"), default=30, validators=PATIENT_IDLE_MINUTES
    )
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.PROVISIONING, editable=False
    )
    trial_ends_at = models.DateTimeField(_("trial ends"), null=True, blank=True, editable=False)
    # Since when it is in its state, and since when anything can be changed again after a time of reading.
    status_since = models.DateTimeField(_("since"), null=True, blank=True, editable=False)
    open_since = models.DateTimeField(_("open again since"), null=True, blank=True, editable=False)
    # Since when the clinic itself wants to be closed; taken back by its administrators until it is sealed.
    closing_since = models.DateTimeField(_("asked to be closed"), null=True, blank=True, editable=False)
    # When somebody of the platform asked for it to be dropped (the key of the User, law 9), and when it was.
    drop_asked_at = models.DateTimeField(_("asked to be dropped"), null=True, blank=True, editable=False)
    drop_asked_by_id = models.UUIDField(_("asked to be dropped by"), null=True, blank=True, editable=False)
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True, editable=False)
    # The key of the User who signed the clinic up; not a foreign key (DESIGN section 5, law 9).
    founder_id = models.UUIDField(_("signed up by"), null=True, blank=True, editable=False)
    # That the platform has seen who they are; without it they are not in the directory.
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    # The key of the User; not a foreign key (law 9).
    verified_by_id = models.UUIDField(_("verified by"), null=True, blank=True, editable=False)
    verified_papers = models.CharField(_("papers seen"), max_length=500, blank=True, editable=False)
    # Since when the clinic lets nobody of the platform in (its administrators decide).
    support_forbidden_at = models.DateTimeField(_("support forbidden"), null=True, blank=True, editable=False)
    # While its schema is exchanged for a backup's: nobody is served and no job runs (tenants.backup).
    restoring_since = models.DateTimeField(_("being restored since"), null=True, blank=True, editable=False)
    # How many of the migrations that make a clinic's schema it has (tenants.versions).
    schema_version = models.PositiveIntegerField(_("schema version"), default=0, editable=False)
    migration_error = models.TextField(_("migration error"), blank=True, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=SCHEMA_NAME),
                name="organization_schema_name",
                violation_error_message=_("Schema names are generated."),
            ),
            models.CheckConstraint(
                condition=models.Q(label__regex=LABEL) & ~models.Q(label__in=RESERVED_LABELS),
                name="organization_label",
                violation_error_message=_("This address cannot be used. Please choose another one."),
            ),
            models.CheckConstraint(
                condition=~models.Q(country=""),
                name="organization_country",
                violation_error_message=_("Choose a country."),
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"),
                name="organization_currency",
                violation_error_message=_("This is not a currency code, such as EUR or NGN."),
            ),
            models.CheckConstraint(
                condition=models.Q(brand_colour__regex=COLOUR),
                name="organization_brand_colour",
                violation_error_message=_("A colour is written as # and six digits or letters a to f."),
            ),
            on_the_earth("organization_place"),
            models.CheckConstraint(
                condition=~models.Q(name=""),
                name="organization_name",
                violation_error_message=_("Give the clinic's name."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="provisioning") | models.Q(trial_ends_at__isnull=False),
                name="organization_trial",
                violation_error_message=_("A clinic that was opened has a trial period."),
            ),
            one_of("status", OrganizationStatus, "organization_status"),
            models.CheckConstraint(
                condition=models.Q(drop_asked_at__isnull=True, drop_asked_by_id__isnull=True)
                | models.Q(drop_asked_at__isnull=False, drop_asked_by_id__isnull=False, status="closed"),
                name="organization_drop_of_closed",
                violation_error_message=_("Only a closed clinic is dropped, and somebody has asked for it."),
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_at__isnull=True) | models.Q(drop_asked_at__isnull=False),
                name="organization_dropped_if_asked",
                violation_error_message=_("Nothing is dropped that nobody asked for."),
            ),
            *appearance.RULES,
            models.CheckConstraint(
                condition=models.Q(staff_idle_minutes__range=(5, 60), patient_idle_minutes__range=(5, 120)),
                name="organization_idle_minutes",
                violation_error_message=_(
                    "Staff are signed out after 5 to 60 minutes, patients after 5 to 120."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, verified_papers="")
                | models.Q(verified_at__isnull=False) & ~models.Q(verified_papers=""),
                name="organization_verified",
                violation_error_message=_("A verified clinic has shown its papers."),
            ),
        )
        indexes = (
            models.Index(fields=["status", "name"], name="organization_status_name"),
            models.Index(fields=["status", "trial_ends_at"], name="organization_trial_over"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and let this process forget what it knew of the clinic's address."""
        super().save(*args, **kwargs)
        directory.forget()
        transaction.on_commit(directory.forget)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: a clinic is closed, its records are kept (law 5)."""
        raise Refusal(_("A clinic is never deleted. Close it instead."))

    @property
    def is_open(self) -> bool:
        """Whether patients may book and staff may change anything."""
        return self.status in self.OPEN and not self.is_read_only

    @property
    def is_closing(self) -> bool:
        """Whether the clinic has asked to be closed: until then all can be read, nothing changed."""
        return self.closing_since is not None and self.status in self.OPEN

    @property
    def is_read_only(self) -> bool:
        """Whether all can be read for a while, nothing changed: the clinic closes, or its trial is over."""
        return self.is_closing or self.is_trial_over

    @property
    def is_trial_over(self) -> bool:
        """Whether the trial is over (no job is needed)."""
        ends_at = self.trial_ends_at if self.status == self.Status.TRIAL else None
        return ends_at is not None and ends_at <= timezone.now()

    @property
    def is_suspended(self) -> bool:
        """Whether staff may only read, and patients not even that."""
        return self.status == self.Status.SUSPENDED

    @property
    def trial_days_left(self) -> int | None:
        """Full days until the trial ends, 0 when it is over; None when the clinic is not on trial."""
        if self.status != self.Status.TRIAL or self.trial_ends_at is None:
            return None
        return max(0, (self.trial_ends_at - timezone.now()).days)

    @property
    def ends_soon(self) -> bool:
        """Whether the last week of the trial has begun."""
        left = self.trial_days_left
        return left is not None and left < LAST_DAYS and self.is_open

    def host(self) -> str:
        """The one host that serves the clinic's pages."""
        known = self.__dict__.get("primary_host")
        if known is None:
            known = self.domains.values_list("domain", flat=True).get(is_primary=True)
            self.__dict__["primary_host"] = known
        return known

    def url(self, path: str = "/") -> str:
        """The absolute address of `path` in this clinic, on its primary domain (law 11)."""
        return absolute_url(self.host(), path)


def as_stored(organization: Organization) -> Organization:
    """The clinic as it is stored now: each process remembers what it read for up to a minute."""
    stored: Organization = Organization.objects.get(pk=organization.pk)
    return stored
