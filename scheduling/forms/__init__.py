"""What people fill in around the calendar."""

from scheduling.forms.agents import AssistanceForm, BroughtForm, ForPatientForm, OwnPatientForm, PeriodForm
from scheduling.forms.booking import (
    CancelForm,
    DeclineForm,
    DrawnByPage,
    InstantField,
    NewPatientForm,
    OwnVisitForm,
    PersonForm,
    RequestForm,
    TimeForm,
    instant,
    is_plausible,
    reason_field,
)
from scheduling.forms.branches import AssignRoomForm, BranchForm, RoomForm
from scheduling.forms.clinic import BookForm, MoveForm
from scheduling.forms.closings import ClosingDayForm
from scheduling.forms.hours import AvailabilityExceptionForm, AvailabilityRuleForm, NewHoursForm
from scheduling.forms.policy import BookingPolicyForm
from scheduling.forms.rebooking import RebookingForm
from scheduling.forms.resizing import ResizeForm
from scheduling.forms.series import PlanForm, RepeatForm, SeriesForm
from scheduling.forms.types import AppointmentTypeForm, DoctorTypeForm
from scheduling.forms.waiting import OwnWishForm, WishForm

__all__ = [
    "AppointmentTypeForm",
    "AssignRoomForm",
    "AssistanceForm",
    "AvailabilityExceptionForm",
    "AvailabilityRuleForm",
    "BookForm",
    "BookingPolicyForm",
    "BranchForm",
    "BroughtForm",
    "CancelForm",
    "ClosingDayForm",
    "DeclineForm",
    "DoctorTypeForm",
    "DrawnByPage",
    "ForPatientForm",
    "InstantField",
    "MoveForm",
    "NewHoursForm",
    "NewPatientForm",
    "OwnPatientForm",
    "OwnVisitForm",
    "OwnWishForm",
    "PeriodForm",
    "PersonForm",
    "PlanForm",
    "RebookingForm",
    "RepeatForm",
    "RequestForm",
    "ResizeForm",
    "RoomForm",
    "SeriesForm",
    "TimeForm",
    "WishForm",
    "instant",
    "is_plausible",
    "reason_field",
]
