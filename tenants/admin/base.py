"""What the platform's records have in common in its administration."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin
from clinic.models import Refusal


class PlatformAdmin(ClinicAdmin):
    """The platform's records: its superusers act as users, and Django's own log says what they changed."""

    log_addition = admin.ModelAdmin.log_addition
    log_change = admin.ModelAdmin.log_change

    def run_service(
        self, request: HttpRequest, queryset: models.QuerySet, service: Any, **arguments: Any
    ) -> None:
        """Carry out `service` for each chosen row and say what became of each."""
        for obj in queryset:
            try:
                service(obj, by=request.user, **arguments)
            except Refusal as refusal:
                self.message_user(request, f"{obj}: {refusal.message}", level="ERROR")
            else:
                self.log_change(request, obj, service.__name__)
                self.message_user(request, _("%(record)s: done.") % {"record": obj})


class SeenOnlyAdmin(PlatformAdmin):
    """What nobody types in."""

    may_add: ClassVar[bool] = False
    may_change: ClassVar[bool] = False
