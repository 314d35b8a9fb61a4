"""The queue's forms."""

from typing import Any

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from clinic.forms import Form, ModelForm
from clinic.models import Refusal
from scheduling.queue.models import Department, Priority


class TicketForm(Form):
    """Who gets a number, why and how urgently; the departments are its buttons."""

    department = forms.ModelChoiceField(
        Department.objects.none(), error_messages={"required": _("Choose a department.")}
    )
    patient = forms.ModelChoiceField(PatientProfile.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name (optional)"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason (optional)"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    priority = forms.TypedChoiceField(
        label=_("How urgent"),
        coerce=int,
        choices=[(value, label) for value, label in reversed(Priority.choices)],
        initial=Priority.ROUTINE,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, patients: Any, patient: PatientProfile | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"patient": patient and patient.pk}, **kwargs)
        self.fields["department"].queryset = Department.objects.active()  # type: ignore[attr-defined]
        self.fields["patient"].queryset = patients  # type: ignore[attr-defined]
        if patient:
            del self.fields["name"]

    @property
    def helper(self) -> FormHelper:
        """Name and reason beside each other; the priority as one line."""
        helper = super().helper
        texts = [Column(name, css_class="col-sm-6") for name in ("name", "reason") if name in self.fields]
        helper.layout = Layout("patient", Row(*texts), InlineRadios("priority"))
        return helper

    def clean(self) -> dict[str, Any]:
        """What is wrong with a button or a hidden field stands above the form."""
        for name in ("department", "patient"):
            for problem in self.errors.get(name, ()):
                self.add_error(None, problem)
        return self.cleaned_data

    def add_refusal(self, refusal: Refusal) -> None:
        """The buttons and the hidden patient have no place of their own for a sentence."""
        field = None if refusal.field in ("department", "patient") else refusal.field
        super().add_refusal(Refusal(refusal.message, field))


class StationForm(Form):
    """Where somebody sits who calls people: for which department, to which room."""

    department = forms.ModelChoiceField(Department.objects.none(), label=_("Department"), empty_label=None)
    room = forms.CharField(
        label=_("Room"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As it stands on the door: people read it on the screen."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()  # type: ignore[attr-defined]


class PriorityForm(Form):
    """How urgent somebody is."""

    priority = forms.TypedChoiceField(coerce=int, choices=Priority.choices)


class DepartmentForm(ModelForm):
    """A department."""

    class Meta:
        model = Department
        fields = ("name", "prefix")
        widgets = {"prefix": forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"})}

    def clean_prefix(self) -> str:
        """Small letters are meant as capitals."""
        return str(self.cleaned_data["prefix"]).upper()
