"""The host names that clinics are reached at."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin

from clinic.models import Entity, EntityQuerySet, Refusal
from tenants import directory
from tenants.models.names import HOST, OWN_HOST


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
        "tenants.Organization", on_delete=models.PROTECT, related_name="domains", verbose_name=_("clinic")
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


# The host's own record that proves whose it is stands one label below it (as RFC 8659 and ACME's DNS-01 do).
RECORD_LABEL = "_clinic-verification"


def fresh_token() -> str:
    """What the host's owner puts into the DNS: no secret, but nobody's guess."""
    return secrets.token_urlsafe(24)


ADVICE = {
    "missing": _("There is no such record yet. A change can take an hour to be seen."),
    "other": _("There is a record, but with another value. Copy the value from this page."),
    "silent": _("The name servers of this address do not answer. Try again in a while."),
    "taken": _("Another clinic has this address already. Ask who runs the platform."),
}


class DomainClaim(Entity):
    """A host name that a clinic says is its own, until the DNS says so too.

    `verified_at`: its TXT record held the token, and it became a `Domain`. `reached_at`: an administrator's
    own browser came here by it, so it may serve the pages without shutting everybody out.
    """

    class Problem(models.TextChoices):
        """Why the last look into the DNS proved nothing."""

        MISSING = "missing", _("no record")
        OTHER = "other", _("another value")
        SILENT = "silent", _("no answer")
        TAKEN = "taken", _("another clinic's")

    organization = models.ForeignKey(
        "tenants.Organization",
        on_delete=models.PROTECT,
        related_name="domain_claims",
        db_index=False,
        verbose_name=_("clinic"),
    )
    host = models.CharField(_("host name"), max_length=230)
    token = models.CharField(_("token"), max_length=64, default=fresh_token, editable=False)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True, editable=False)
    problem = models.CharField(
        _("problem"), max_length=10, choices=Problem.choices, blank=True, editable=False
    )
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    reached_at = models.DateTimeField(_("reached"), null=True, blank=True, editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("own address")
        verbose_name_plural = _("own addresses")
        ordering = ("host", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "host"],
                name="domain_claim_once",
                violation_error_message=_("This address is in the list already."),
            ),
            models.CheckConstraint(
                condition=models.Q(host__regex=OWN_HOST),
                name="domain_claim_host",
                violation_error_message=_("Write the host name alone, in small letters: clinic.example.org"),
            ),
            models.CheckConstraint(
                condition=models.Q(problem="") | models.Q(problem__in=tuple(ADVICE)),
                name="domain_claim_problem",
            ),
            models.CheckConstraint(
                condition=models.Q(reached_at__isnull=True) | models.Q(verified_at__isnull=False),
                name="domain_claim_order",
                violation_error_message=_("First show that the address is yours."),
            ),
        )
        indexes = (models.Index(fields=["host"], name="domain_claim_of_host"),)

    def __str__(self) -> str:
        return self.host

    @property
    def record_name(self) -> str:
        """The name of the TXT record."""
        return f"{RECORD_LABEL}.{self.host}"

    @property
    def advice(self) -> Any:
        """What to do about the problem; "" when there is none."""
        return ADVICE.get(self.problem, "")

    @property
    def is_being_checked(self) -> bool:
        """Whether somebody asked for a look that has not been made yet."""
        return bool(self.asked_at and (self.checked_at is None or self.checked_at < self.asked_at))
