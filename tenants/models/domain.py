"""The host names that clinics are reached at."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin

from clinic.models import Entity, Refusal
from tenants import directory
from tenants.models.names import HOST


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
