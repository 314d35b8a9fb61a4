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
from scheduling.forms.closings import ClosingDayForm
from scheduling.forms.hours import AvailabilityExceptionForm, AvailabilityRuleForm, NewHoursForm
from scheduling.forms.policy import BookingPolicyForm
from scheduling.forms.rebooking import RebookingForm
from scheduling.forms.types import AppointmentTypeForm, DoctorTypeForm
from scheduling.forms.waiting import OwnWishForm, WishForm

__all__ = [
    "AppointmentTypeForm",
    "AvailabilityExceptionForm",
    "AvailabilityRuleForm",
    "BookForm",
    "BookingPolicyForm",
    "CancelForm",
    "ClosingDayForm",
    "DeclineForm",
    "DoctorTypeForm",
    "DrawnByPage",
    "InstantField",
    "MoveForm",
    "NewHoursForm",
    "NewPatientForm",
    "OwnVisitForm",
    "OwnWishForm",
    "PersonForm",
    "RebookingForm",
    "RequestForm",
    "TimeForm",
    "WishForm",
    "instant",
    "is_plausible",
    "reason_field",
]
