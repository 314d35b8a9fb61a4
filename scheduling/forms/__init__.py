"""What people fill in around the calendar."""

from scheduling.forms.booking import (
    BookForm,
    CancelForm,
    DeclineForm,
    DrawnByPage,
    InstantField,
    MoveForm,
    NewPatientForm,
    OwnVisitForm,
    PersonForm,
    RequestForm,
    TimeForm,
    instant,
    is_plausible,
    reason_field,
)
from scheduling.forms.hours import AvailabilityExceptionForm, AvailabilityRuleForm, NewHoursForm
from scheduling.forms.types import AppointmentTypeForm, DoctorTypeForm

__all__ = [
    "AppointmentTypeForm",
    "AvailabilityExceptionForm",
    "AvailabilityRuleForm",
    "BookForm",
    "CancelForm",
    "DeclineForm",
    "DoctorTypeForm",
    "DrawnByPage",
    "InstantField",
    "MoveForm",
    "NewHoursForm",
    "NewPatientForm",
    "OwnVisitForm",
    "PersonForm",
    "RequestForm",
    "TimeForm",
    "instant",
    "is_plausible",
    "reason_field",
]
