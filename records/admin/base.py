"""What every record is in the admin: to look up, never to write."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin
from clinic.audit.services import record_read


class ReasonActionForm(ActionForm):
    """The actions of a list, with the reason some of them ask for."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class RecordAdmin(ClinicAdmin):
    """Only the treating doctor writes, so nothing is added or changed here; each look is recorded."""

    may_add = False
    may_change = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record, and an entry in the trail that it was opened."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            record_read(found, patient_id=found.patient_id)
        return found
