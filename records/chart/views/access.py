"""Who looked into a record."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import requires
from clinic.audit.models import AuditEvent
from clinic.http import ClinicRequest
from records.models import EmergencyAccess
from records.views.charts import PAGE


@requires("records.portal_access")
@require_GET
def portal_access(request: ClinicRequest) -> HttpResponse:
    """The patient sees who opened the own record, and when."""
    glass = EmergencyAccess._meta.db_table
    openings = AuditEvent.objects.openings(request.member.pk, first=glass)
    page = Paginator(openings, PAGE).get_page(request.GET.get("page"))
    return render(request, "chart/portal_access.html", {"page_obj": page, "glass": glass})
