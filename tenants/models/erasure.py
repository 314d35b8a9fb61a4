"""What was erased for good in which clinic, kept beside the clinics: no restored backup brings it back."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Refusal, one_of
from tenants.models.organization import Organization


class ErasurePhase(models.TextChoices):
    """How far an erasure has come."""

    IDENTITY = "identity", _("Who the person was")
    CLINICAL = "clinical", _("The health record")
    ACCOUNTS = "accounts", _("What the accounts held")


class Erasure(Entity):
    """One step of one patient's erasure: keys and a moment, never a name.

    A clinic enters its own and sees its own (clinic.db.roles). A restored backup is older than some of them:
    `clinic.erasure.services.apply_erasures` carries them out again.
    """

    What = ErasurePhase

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="erasures", verbose_name=_("clinic")
    )
    # The key of the patient in the clinic's own schema.
    patient = models.UUIDField(_("patient"), editable=False)
    what = models.CharField(_("what was erased"), max_length=10, choices=ErasurePhase.choices)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ("at", "id")
        constraints = (
            one_of("what", ErasurePhase, "tenants_erasure_what"),
            models.UniqueConstraint(fields=["organization", "patient", "what"], name="tenants_erasure_once"),
        )

    def __str__(self) -> str:
        return f"{self.patient} {self.what}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: a backup restored later would bring the person back."""
        raise Refusal(_("What was erased stays written down, by its key alone."))
