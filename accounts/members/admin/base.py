"""Admin pages that store through the services."""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import HttpRequest

from accounts.members.forms.staff import StaffForm
from clinic.admin import ClinicAdmin


class ServiceAdmin(ClinicAdmin):
    """What is typed is handed to a service; its refusal stands in the form."""

    def adding(self, request: HttpRequest, facts: dict[str, Any]) -> models.Model:
        """Carry out the service that makes a record."""
        raise NotImplementedError

    def changing(self, request: HttpRequest, obj: Any, facts: dict[str, Any]) -> None:
        """Carry out the service that corrects a record."""
        raise NotImplementedError

    def save_form(self, request: HttpRequest, form: forms.ModelForm, change: bool) -> models.Model:
        """Nothing is stored by the form."""
        return form.instance

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Store through the service."""
        if change:
            self.changing(request, obj, dict(form.cleaned_data))
        else:
            obj.pk = self.adding(request, dict(form.cleaned_data)).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing is related."""


class ProfileAdmin(ServiceAdmin):
    """A profile together with its person."""

    list_select_related = ("member",)
    list_filter: ClassVar[tuple[str, ...]] = ("member__status",)
    search_fields: ClassVar[tuple[str, ...]] = ("member__search",)
    ordering = ("member__given_name", "member__family_name", "pk")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """With the person, also on the page of one."""
        return super().get_queryset(request).select_related("member")

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """The person's fields, then the profile's."""
        person = ["given_name", "family_name", "phone", "email"]
        own = [name for name in self.form.base_fields if name not in (*person, "invite")]
        return [*person, *own] + ([] if obj or not issubclass(self.form, StaffForm) else ["invite"])

    @staticmethod
    def name(profile: Any) -> str:
        """The person's name."""
        return profile.member.name
