"""What is typed into consultations."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, Form, ModelForm
from records.models import Consultation
from records.models.consultation import LONGEST_MINUTES, LONGEST_TEXT


def text_area(rows: int) -> forms.Textarea:
    """A field of so many lines."""
    return forms.Textarea(attrs={"rows": rows})


class ConsultationForm(ModelForm):
    """The text of a consultation."""

    duration_minutes = forms.IntegerField(
        label=_("Duration in minutes"), required=False, min_value=1, max_value=LONGEST_MINUTES
    )

    class Meta:
        model = Consultation
        fields = (*Consultation.TEXTS, "duration_minutes", "follow_up_on")
        widgets = {
            "complaints": text_area(3),
            "history": text_area(3),
            "examination": text_area(3),
            "diagnosis": text_area(2),
            "plan": text_area(3),
            "notes": text_area(2),
            "follow_up_on": DateInput(),
        }

    @property
    def helper(self) -> FormHelper:
        """The texts one under the other, the codes after their words, the short fields side by side."""
        helper = super().helper
        short = (Column("duration_minutes"), Column("follow_up_on"))
        codes = HTML('{% include "records/parts/diagnoses.html" %}')
        after = Consultation.TEXTS.index("diagnosis") + 1
        texts = (*Consultation.TEXTS[:after], codes, *Consultation.TEXTS[after:])
        helper.layout = Layout(*texts, Row(*short))
        return helper


class AddendumForm(Form):
    """What is added to a signed consultation."""

    text = forms.CharField(label=_("Addendum"), max_length=LONGEST_TEXT, widget=text_area(3))
