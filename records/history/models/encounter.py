"""A visit elsewhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import one_of
from records.history.models.told import Coded, Told, ended, titled


class EncounterClass(models.TextChoices):
    """Where and how the patient was seen (FHIR Encounter.class, HL7's v3 ActCode)."""

    AMBULATORY = "AMB", _("Outpatient visit")
    EMERGENCY = "EMER", _("Emergency")
    FIELD = "FLD", _("On the way")
    HOME = "HH", _("At home")
    INPATIENT = "IMP", _("Hospital stay")
    ACUTE = "ACUTE", _("Acute hospital stay")
    NON_ACUTE = "NONAC", _("Non-acute hospital stay")
    OBSERVATION = "OBSENC", _("Under observation")
    PRE_ADMISSION = "PRENC", _("Before admission")
    SHORT_STAY = "SS", _("Short stay")
    VIRTUAL = "VR", _("By telephone or video")
    UNKNOWN = "", _("Not said")


class EncounterStatus(models.TextChoices):
    """How far the visit had come when it was told (FHIR Encounter.status)."""

    PLANNED = "planned", _("Planned")
    ARRIVED = "arrived", _("Arrived")
    TRIAGED = "triaged", _("Triaged")
    IN_PROGRESS = "in-progress", _("In progress")
    ON_LEAVE = "onleave", _("On leave")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Not known")


class PastEncounter(Coded, Told):
    """A visit to somebody elsewhere, or before (FHIR Encounter)."""

    Status = EncounterStatus

    kind = models.CharField(_("kind of visit"), max_length=10, choices=EncounterClass.choices, blank=True)
    reported_status = models.CharField(
        _("as it was told"), max_length=20, choices=EncounterStatus.choices, default=EncounterStatus.FINISHED
    )
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reason_code = models.CharField(_("code of the reason"), max_length=100, blank=True)
    reason_system = models.CharField(_("system of the reason"), max_length=200, blank=True)

    class Meta(Told.Meta):
        verbose_name = _("visit elsewhere")
        verbose_name_plural = _("visits elsewhere")
        constraints = (
            *Told.Meta.constraints,
            titled("pastencounter"),
            one_of("kind", EncounterClass, "pastencounter_kind"),
            one_of("reported_status", EncounterStatus, "pastencounter_reported"),
            ended("pastencounter_ended", _("A visit ends after it began.")),
        )
