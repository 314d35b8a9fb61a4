"""Papers in the clinic's admin, where the platform's owner too may decide on them (in a support session)."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.admin import ClinicAdmin, PartInline, clinic_site
from records.admin.base import ReasonActionForm
from records.documents import services
from records.documents.models import Paper, PaperFile


class PaperFileInline(PartInline):
    """The files of a paper; their content is handed over by the paper's page."""

    model = PaperFile
    fields = readonly_fields = ("position", "name", "media_type", "size", "sha256")


@admin.register(Paper, site=clinic_site)
class PaperAdmin(ClinicAdmin):
    """Papers, to be looked up and decided on."""

    list_display = ("created_at", "owner", "kind", "title", "expires_on", "status")
    list_filter = ("status", "kind", "expires_on")
    list_select_related = ("member",)
    search_fields = ("title", "number", "member__given_name", "member__family_name")
    may_add = False
    may_change = False
    inlines = (PaperFileInline,)
    actions = ("verify_paper", "reject_paper")
    action_form = ReasonActionForm

    @admin.action(description=_("Verify"))
    def verify_paper(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Say that they are genuine."""
        self.run_service(request, queryset, services.verify_paper, reason=request.POST.get("reason", ""))

    @admin.action(description=_("Reject (with a reason)"))
    def reject_paper(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Say that they cannot be accepted, and why."""
        self.run_service(request, queryset, services.reject_paper, reason=request.POST.get("reason", ""))
