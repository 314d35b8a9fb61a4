"""Text that is written again and again: put into a consultation with one click, and changed there."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile
from clinic.models import Entity, EntityQuerySet
from records.models.consultation import LONGEST_TEXT, Consultation


class TextTemplateQuerySet(EntityQuerySet):
    """Words for text templates."""

    def for_doctor(self, doctor: DoctorProfile) -> Self:
        """Those of the whole clinic and those of the doctor's specialisation, by name."""
        return self.filter(specialisation__in=["", doctor.specialisation]).order_by("name", "id")


class TextTemplate(Entity):
    """Texts for the parts of a consultation: the clinic's, or those of one specialisation."""

    name = models.CharField(_("name"), max_length=100)
    specialisation = models.CharField(_("specialisation"), max_length=100, blank=True)
    complaints = models.TextField(_("complaints"), blank=True, max_length=LONGEST_TEXT)
    history = models.TextField(_("history"), blank=True, max_length=LONGEST_TEXT)
    examination = models.TextField(_("examination"), blank=True, max_length=LONGEST_TEXT)
    diagnosis = models.TextField(_("diagnosis"), blank=True, max_length=LONGEST_TEXT)
    plan = models.TextField(_("plan"), blank=True, max_length=LONGEST_TEXT)
    notes = models.TextField(_("notes"), blank=True, max_length=LONGEST_TEXT)

    objects = TextTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("text template")
        verbose_name_plural = _("text templates")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="text_template_name",
                violation_error_message=_("Give the template a name."),
            ),
            models.CheckConstraint(
                condition=~Q(**dict.fromkeys(Consultation.TEXTS, "")),
                name="text_template_text",
                violation_error_message=_("Write at least one text."),
            ),
            models.UniqueConstraint(
                fields=["specialisation", "name"],
                name="text_template_once",
                violation_error_message=_("There is a template of this name already."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def texts(self) -> dict[str, str]:
        """What it writes, by the parts of a consultation."""
        return {name: getattr(self, name) for name in Consultation.TEXTS if getattr(self, name)}
