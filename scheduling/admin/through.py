"""An admin whose forms store through services."""

from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest

from accounts.members.models import Member
from clinic.access import asking
from clinic.admin import ClinicAdmin


class ServiceForm(forms.ModelForm):
    """A form of the admin that stores through a service."""

    by: Member | None = None

    def carry_out(self, **data: Any) -> models.Model:
        """The service's work with the cleaned data. Raises Refusal."""
        raise NotImplementedError

    def save_m2m(self) -> None:
        """Nothing: the service has stored it."""


class ThroughService(ClinicAdmin):
    """Whatever is stored here, the form's service has stored."""

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> models.Model:
        """What the service made of the cleaned data."""
        form.by = asking(request)
        form.instance = form.carry_out(**form.cleaned_data)
        return form.instance

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Nothing: the service has stored it."""
