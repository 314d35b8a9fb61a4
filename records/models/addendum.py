"""What comes after the signature: written slowly if need be, and then for ever."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Entity
from records.models.consultation import LONGEST_TEXT, Consultation


class Addendum(Entity):
    """What is added to a signed consultation. Never changed, never taken away."""

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="addenda", db_index=False, verbose_name=_("consultation")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    author = models.ForeignKey(
        Member, models.PROTECT, related_name="+", editable=False, verbose_name=_("author")
    )
    text = models.TextField(_("addendum"), max_length=LONGEST_TEXT)

    class Meta:
        verbose_name = _("addendum")
        verbose_name_plural = _("addenda")
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text=""),
                name="addendum_text",
                violation_error_message=_("Write what is to be added."),
            ),
        )
        indexes = (models.Index(fields=["consultation", "created_at"], name="addendum_of_consultation"),)

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class AddendumDraft(Entity):
    """An addendum as it is being typed, by the consultation's doctor: kept until it is added."""

    consultation = models.OneToOneField(
        Consultation, models.PROTECT, related_name="addendum_draft", verbose_name=_("consultation")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    text = models.TextField(_("text"), blank=True, max_length=LONGEST_TEXT)
    # How often it was changed: nobody's text is overwritten by somebody who has not seen it.
    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("addendum being written")
        verbose_name_plural = _("addenda being written")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"
