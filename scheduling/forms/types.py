"""Kinds of visits, and what a doctor does otherwise."""

from clinic.forms import ModelForm
from scheduling.models import AppointmentType, DoctorAppointmentType


class AppointmentTypeForm(ModelForm):
    """A kind of visit."""

    class Meta:
        model = AppointmentType
        fields = (
            "name",
            "kind",
            "minutes",
            "buffer_minutes",
            "fee",
            "follow_up_days",
            "follow_up_percent",
            "is_public",
            "position",
        )


class DoctorTypeForm(ModelForm):
    """What one doctor does otherwise in a kind of visit."""

    class Meta:
        model = DoctorAppointmentType
        fields = ("is_offered", "minutes", "buffer_minutes", "fee")
