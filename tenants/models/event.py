"""What became of a clinic, and when: the database writes it down itself."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, Refusal
from tenants.models.organization import Organization, OrganizationStatus


class OrganizationEvent(Entity):
    """A step in a clinic's life. Written by a trigger (migration 0010), never changed or deleted."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="events", verbose_name=_("clinic")
    )
    at = models.DateTimeField(_("when"))
    former = models.CharField(_("before"), max_length=12, choices=OrganizationStatus.choices, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=OrganizationStatus.choices)
    trial_ends_at = models.DateTimeField(_("trial ends"), null=True, blank=True)
    # Who of the platform took the step, in words; a job has a name too.
    actor = models.CharField(_("by"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("step of a clinic's life")
        verbose_name_plural = _("steps of clinics' lives")
        ordering = ("-at", "-created_at")
        indexes = (models.Index(fields=["organization", "-at"], name="organization_event_of"),)

    def __str__(self) -> str:
        return f"{self.organization_id} {self.get_status_display()}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: what happened has happened."""
        raise Refusal(_("What became of a clinic stays written down."))
