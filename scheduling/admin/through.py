"""An admin whose forms store through services."""

from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest

from accounts.members.models import Member
from clinic.admin import ClinicAdmin
from clinic.models import Refusal


class ServiceForm(forms.ModelForm):
    """A form of the admin that stores through a service; a refusal stands beside its field."""

    by: Member | None = None

    def carry_out(self, **data: Any) -> models.Model:
        """The service's work with the cleaned data. Raises Refusal."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Run the service, in the admin's own transaction."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            self.instance = self.carry_out(**data)
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return data


class ThroughService(ClinicAdmin):
    """Whatever is stored here, the form's service has stored."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, which knows who acts."""
        kwargs["form"] = type("Form", (self.form,), {"by": getattr(request, "member", None)})
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Nothing: the form's service has stored it."""
