"""What is typed into text templates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile
from clinic.forms import ModelForm
from records.forms.consultations import text_area
from records.models import Consultation, TextTemplate


class TextTemplateForm(ModelForm):
    """A template: whose it is, and the texts of the parts that it fills."""

    specialisation = forms.ChoiceField(
        label=_("For"), required=False, help_text=_("Doctors of other specialisations do not see it.")
    )

    class Meta:
        model = TextTemplate
        fields = ("name", "specialisation", *Consultation.TEXTS)
        widgets = {name: text_area(3) for name in Consultation.TEXTS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A specialisation that nobody here has any more stays with the template that has it.
        practised = DoctorProfile.objects.order_by("specialisation").values_list("specialisation", flat=True)
        known = {*practised.distinct(), self.instance.specialisation} - {""}
        choices = [("", _("All doctors")), *((name, name) for name in sorted(known))]
        self.fields["specialisation"].choices = choices  # type: ignore[attr-defined]
