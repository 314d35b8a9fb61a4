"""What the desk types about agents and their patients."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import AgentAssignment, AgentProfile
from clinic.forms import DateInput, ModelForm


class AssignmentForm(ModelForm):
    """From when until when, and what the agent should know."""

    class Meta:
        model = AgentAssignment
        fields = ("since", "until", "notes")
        widgets = {
            "since": DateInput(),
            "until": DateInput(),
            "notes": forms.Textarea(attrs={"rows": 3}),
        }


class NewAssignmentForm(AssignmentForm):
    """Which agent looks after the patient."""

    class Meta:
        model = AgentAssignment
        fields = ("agent", "since", "until", "notes")
        widgets = AssignmentForm.Meta.widgets

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].queryset = AgentProfile.objects.active().with_people()  # type: ignore[attr-defined]
        self.fields["agent"].empty_label = _("Choose an agent")  # type: ignore[attr-defined]
        self.fields["since"].help_text = _("Empty: from today.")
