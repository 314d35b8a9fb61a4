"""Days on which the clinic is closed."""

from clinic.forms import DateInput, ModelForm
from scheduling.models import ClosingDay


class ClosingDayForm(ModelForm):
    """A day, or several in a row."""

    class Meta:
        model = ClosingDay
        fields = ("first_day", "last_day", "name")
        widgets = {"first_day": DateInput(), "last_day": DateInput()}
