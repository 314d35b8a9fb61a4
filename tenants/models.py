"""Clinics, the addresses they are reached at, schemas kept ready for new ones, and support's visits."""

import re
import secrets
from typing import Any, NoReturn
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from django_tenants.models import DomainMixin, TenantMixin

from clinic.models import Entity, EntityQuerySet, Refusal, Stateful, one_of
from clinic.states import Transitions
from tenants import directory

# Addresses that people or programs take for something else than a clinic.
RESERVED_LABELS = (
    *(
        "account",
        "accounts",
        "admin",
        "api",
        "app",
        "apps",
        "assets",
        "autoconfig",
        "autodiscover",
        "billing",
        "blog",
    ),
    *(
        "cdn",
        "clinic",
        "clinics",
        "dev",
        "docs",
        "email",
        "ftp",
        "help",
        "imap",
        "info",
        "localhost",
        "login",
        "mail",
    ),
    *(
        "media",
        "mx",
        "news",
        "ns1",
        "ns2",
        "pop",
        "postmaster",
        "public",
        "root",
        "security",
        "signup",
        "smtp",
    ),
    *("staging", "static", "status", "support", "system", "test", "webmail", "wpad", "www"),
)
SCHEMA_NAME = r"^t_[0-9a-f]{16}$"
# Two hyphens in the third and fourth place mark an encoded name (RFC 5891, xn--): it can look like another.
LABEL = r"^(?!..--)[a-z][a-z0-9-]{0,30}[a-z0-9]$"
HOST = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
COLOUR = r"^#[0-9a-f]{6}$"


def generated_schema_name() -> str:
    """A schema name that nobody chose and that is never used twice (64 random bits)."""
    return f"t_{secrets.token_hex(8)}"


def is_currency(value: str) -> None:
    """Accept the ISO 4217 codes that Babel knows."""
    if value not in list_currencies():
        raise ValidationError(_("This is not a currency code, such as EUR or NGN."))


def is_time_zone(value: str) -> None:
    """Accept the names of the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(_("This is not a time zone, such as Europe/Dublin."))


def is_locale(value: str) -> None:
    """Accept the locales that Babel knows, written as en_NG."""
    try:
        Locale.parse(value)
    except (UnknownLocaleError, ValueError) as error:
        raise ValidationError(_("This is not a language and region, such as en_NG.")) from error


def is_label(value: str) -> None:
    """Accept what may stand before the platform's domain."""
    if not re.match(LABEL, value):
        raise ValidationError(
            _("Use 2 to 32 small letters, digits and hyphens. Begin with a letter; end without a hyphen.")
        )
    if value in RESERVED_LABELS:
        raise ValidationError(_("This address is reserved. Please choose another one."))


class OrganizationQuerySet(EntityQuerySet):
    """Words for choosing clinics."""

    def served(self) -> "OrganizationQuerySet":
        """Those whose pages can be opened by their people."""
        return self.filter(status__in=Organization.SERVED)

    def listed(self) -> "OrganizationQuerySet":
        """Those that patients may find and book at."""
        return self.filter(status__in=Organization.OPEN)

    def found_by(self, words: str) -> "OrganizationQuerySet":
        """Those whose name, label or address holds each of the words."""
        found = self
        for word in words.split():
            found = found.filter(
                models.Q(name__icontains=word)
                | models.Q(label__icontains=word)
                | models.Q(address__icontains=word)
            )
        return found


class OrganizationStatus(models.TextChoices):
    """What the installation does for the clinic."""

    PROVISIONING = "provisioning", _("being set up")
    TRIAL = "trial", _("on trial")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")


class Organization(Stateful, TenantMixin, Entity):
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
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    brand_colour = models.CharField(_("colour"), max_length=7, default="#0f766e")
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.PROVISIONING, editable=False
    )
    trial_ends_at = models.DateTimeField(_("trial ends"), null=True, blank=True, editable=False)
    # The key of the User who signed the clinic up; not a foreign key (DESIGN section 5, law 9).
    founder_id = models.UUIDField(_("signed up by"), null=True, blank=True, editable=False)
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
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="organization_place",
                violation_error_message=_("Give both coordinates or neither."),
            ),
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
        )
        indexes = (models.Index(fields=["status", "name"], name="organization_status_name"),)

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
        return self.status in self.OPEN

    @property
    def is_suspended(self) -> bool:
        """Whether staff may only read."""
        return self.status == self.Status.SUSPENDED

    @property
    def trial_days_left(self) -> int | None:
        """Full days until the trial ends, 0 when it is over; None when the clinic is not on trial."""
        if self.status != self.Status.TRIAL or self.trial_ends_at is None:
            return None
        return max(0, (self.trial_ends_at - timezone.now()).days)

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


def absolute_url(host: str, path: str = "/") -> str:
    """The address people type for `path` on `host`."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{host}{port}{path}"


class Domain(DomainMixin, Entity):
    """A host name of a clinic. One of them, the primary, serves pages; the others lead to it."""

    domain = models.CharField(
        _("host name"),
        max_length=253,
        unique=True,
        error_messages={"unique": _("Another clinic already has this address. Please choose another one.")},
    )
    tenant = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="domains", verbose_name=_("clinic")
    )
    is_primary = models.BooleanField(_("serves the pages"), default=True)

    class Meta:
        verbose_name = _("host name")
        verbose_name_plural = _("host names")
        ordering = ("domain",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(domain__regex=HOST),
                name="domain_host",
                violation_error_message=_("Write the host name alone, in small letters: clinic.example.org"),
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=models.Q(is_primary=True),
                name="domain_one_primary",
                violation_error_message=_("Only one host name of a clinic serves its pages."),
            ),
        )

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        """The platform's own host is no clinic's."""
        if self.domain == settings.PLATFORM_DOMAIN:
            raise ValidationError({"domain": _("This is the address of the platform itself.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and let this process forget what it knew of the hosts."""
        super().save(*args, **kwargs)
        directory.forget()
        transaction.on_commit(directory.forget)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete a host name that serves no pages."""
        if self.is_primary:
            raise Refusal(_("This host name serves the clinic's pages. Make another one the primary first."))
        deleted = super().delete(*args, **kwargs)
        directory.forget()
        transaction.on_commit(directory.forget)
        return deleted


class ReadySchema(Entity):
    """A migrated, empty schema waiting for the clinic that will claim it."""

    schema_name = models.CharField(_("schema"), max_length=63, unique=True, default=generated_schema_name)
    schema_version = models.PositiveIntegerField(_("schema version"))

    class Meta:
        verbose_name = _("schema kept ready")
        verbose_name_plural = _("schemas kept ready")
        ordering = ("created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=SCHEMA_NAME), name="ready_schema_name"
            ),
        )

    def __str__(self) -> str:
        return self.schema_name


class SchemaScript(models.Model):
    """The SQL that makes a clinic's schema, recorded while a template was migrated."""

    # Digest of the migrations it was recorded from: other migrations, other script.
    fingerprint = models.CharField(primary_key=True, max_length=64)
    statements = models.JSONField()
    migrations = models.JSONField()
    # What the template's catalog looked like (tenants.schemas.catalog_fingerprint).
    catalog = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("script of a clinic's schema")
        verbose_name_plural = _("scripts of a clinic's schema")

    def __str__(self) -> str:
        return self.fingerprint


class SupportSession(Entity):
    """A superuser's visit to a clinic: reasoned, short, seen by the clinic (DESIGN section 5, law 8)."""

    # The key of the User; not a foreign key (law 9).
    user_id = models.UUIDField(_("who"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="support_sessions", verbose_name=_("clinic")
    )
    reason = models.CharField(_("reason"), max_length=500)
    started_at = models.DateTimeField(_("started"))
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Of the one-time address that opens it; empty once it was used.
    token_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("support session")
        verbose_name_plural = _("support sessions")
        ordering = ("-started_at",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="support_session_reason",
                violation_error_message=_("Say why you enter this clinic."),
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("started_at")), name="support_session_times"
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="support_session_token"
            ),
        )
        indexes = (models.Index(fields=["user_id", "-started_at"], name="support_session_user"),)

    def __str__(self) -> str:
        return f"{self.organization} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        """Whether it still opens anything."""
        return self.ended_at is None and timezone.now() < self.expires_at
