"""Visits that come again: every week for six weeks, every four weeks for a year."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity

MOST_WEEKS, MOST_VISITS = 12, 52


class AppointmentSeries(Entity):
    """What holds the visits of one agreement together; each visit is an appointment of its own."""

    patient = models.ForeignKey(
        PatientProfile, on_delete=models.PROTECT, related_name="series", verbose_name=_("patient")
    )
    doctor = models.ForeignKey(
        DoctorProfile, on_delete=models.PROTECT, related_name="series", verbose_name=_("doctor")
    )
    every_weeks = models.PositiveSmallIntegerField(
        _("every so many weeks"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WEEKS)],
    )
    visits = models.PositiveSmallIntegerField(
        _("number of visits"),
        default=6,
        validators=[MinValueValidator(2), MaxValueValidator(MOST_VISITS)],
    )
    booked_by = actor(_("booked by"))

    class Meta:
        verbose_name = _("series of visits")
        verbose_name_plural = _("series of visits")
        ordering = ("-created_at",)
        constraints = (
            # What appointments point at together, so that no series crosses patients (DESIGN section 4).
            models.UniqueConstraint(fields=["id", "patient"], name="appointment_series_key"),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=MOST_WEEKS),
                name="appointment_series_every_weeks",
                violation_error_message=_("Visits come again after 1 to 12 weeks."),
            ),
            models.CheckConstraint(
                condition=Q(visits__gte=2, visits__lte=MOST_VISITS),
                name="appointment_series_visits",
                violation_error_message=_("A series has 2 to 52 visits."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.visits} × {self.every_weeks}"
