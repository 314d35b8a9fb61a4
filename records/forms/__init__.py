"""What is typed into records."""

from records.forms.consultations import AddendumForm, ConsultationForm
from records.forms.favourites import FavouriteForm
from records.forms.prescriptions import FIRST_ROWS, MOST_ITEMS, PrescriptionForm, blank_row
from records.forms.templates import TextTemplateForm

__all__ = [
    "FIRST_ROWS",
    "MOST_ITEMS",
    "AddendumForm",
    "ConsultationForm",
    "FavouriteForm",
    "PrescriptionForm",
    "TextTemplateForm",
    "blank_row",
]
