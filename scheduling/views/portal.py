"""The patient's own visits."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling.models import Appointment, BookingPolicy, WaitingListEntry
from scheduling.views.actions import lines

PAGE = 25


@requires("scheduling.view_portal")
def portal(request: ClinicRequest) -> HttpResponse:
    """Coming visits with what can be done about them, and past ones."""
    own = Appointment.objects.filter(patient_id=request.member.pk).with_people()
    past = Paginator(own.past(), PAGE).get_page(request.GET.get("page"))
    coming = lines(own.coming(), request.member, BookingPolicy.objects.current())
    wishes = WaitingListEntry.objects.filter(patient_id=request.member.pk).open().with_people()
    context = {"coming": coming, "page_obj": past, "wishes": wishes}
    return render(request, "scheduling/portal.html", context)
