"""What is typed about the time before, or about other doctors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import DateInput, ModelForm
from records.history.models import Immunization, PastProcedure, Precision

EXACTLY = [(kind.value, kind.label) for kind in (Precision.DAY, Precision.MONTH, Precision.YEAR)]


class ToldForm(ModelForm):
    """What was told, when it was as far as anybody knows, and by whom."""

    on = forms.DateField(
        label=_("When"),
        required=False,
        widget=DateInput(),
        help_text=_("Of a month or a year choose any day in it. Leave it empty if nobody knows."),
    )
    exactly = forms.ChoiceField(label=_("What is known of the date"), choices=EXACTLY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source"]
        source.help_text = _("Who says so: the patient, a vaccination card, a letter of a hospital.")

    def service_data(self) -> dict[str, Any]:
        """The fields; how exactly the date is known by its own name."""
        facts = dict(self.cleaned_data)
        precision = facts.pop("exactly", "")
        return {**facts, "precision": precision}


class ImmunizationForm(ToldForm):
    """A vaccination given elsewhere."""

    field_order = ("title", "on", "exactly", "dose", "source")

    class Meta:
        model = Immunization
        fields = ("title", "dose", "source", "lot_number", "manufacturer", "site", "note")
        labels = {"title": _("Vaccine")}
        help_texts = {"title": _("Against what, or the name on the card: MMR, Hepatitis A, Comirnaty.")}
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}


class PastProcedureForm(ToldForm):
    """An operation or treatment done elsewhere."""

    field_order = ("title", "on", "exactly", "source")

    class Meta:
        model = PastProcedure
        fields = ("title", "source", "reason", "body_site", "outcome", "note")
        labels = {"title": _("What was done")}
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
