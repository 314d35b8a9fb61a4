"""Visits for calendar programs: the own secret address, and a single visit as a file."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.access import public, requires
from clinic.http import ClinicRequest, carry_out
from scheduling import calendars, services
from scheduling.models import Appointment, CalendarFeed
from scheduling.views.visit import by_link

TYPE = "text/calendar; charset=utf-8"


@public
@require_safe
def feed(request: ClinicRequest, token: str) -> HttpResponse:
    """What a calendar program reads at the secret address; nothing tells a revoked one from none.

    While a clinic is suspended it answers 403 here as on every page of strangers (TenantMiddleware):
    programs keep what they read before, where after a 404 some would forget the address.

    There is no Last-Modified: a visit that grows too old for the feed leaves it at no moment of its own.
    """
    found = CalendarFeed.objects.by_token(token).first()
    if found is None or not found.is_readable:
        return HttpResponse(_("There is no calendar at this address."), status=404, content_type="text/plain")
    file = calendars.feed_of(found.member)
    etag = quote_etag(file.etag)
    answer = get_conditional_response(request, etag=etag) or HttpResponse(file.text, content_type=TYPE)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@requires("scheduling.view_my_feed")
def my_feed(request: ClinicRequest) -> HttpResponse:
    """The own calendar address, and how a calendar program is told of it."""
    feed = CalendarFeed.objects.open().filter(member=request.member).first()
    path = reverse("scheduling:feed", args=[feed.token]) if feed else ""
    address = request.organization.url(path)
    subscribe = "webcal:" + address.partition(":")[2]
    context = {"feed": feed, "address": address, "subscribe": subscribe}
    return render(request, "scheduling/my_feed.html", context)


@requires("scheduling.make_feed")
@require_POST
def make_feed(request: ClinicRequest) -> HttpResponse:
    """A new address instead of the one there was."""
    said = _("This is your calendar address. It is the only one that works.")
    carry_out(request, services.make_feed, request.member, said)
    return redirect("scheduling:my_feed")


@requires("scheduling.revoke_feed")
@require_POST
def revoke_feed(request: ClinicRequest) -> HttpResponse:
    """No address any more."""
    for feed in CalendarFeed.objects.open().filter(member=request.member):
        carry_out(request, services.revoke_feed, feed, _("The address leads nowhere any more."))
    return redirect("scheduling:my_feed")


@public
@require_safe
@by_link
def visit_file(request: ClinicRequest, appointment: Appointment) -> HttpResponse:
    """The visit for the patient's own calendar, by the patient's link."""
    if appointment.status not in calendars.SHOWN:
        return render(request, "scheduling/link_over.html", status=404)
    return _file(calendars.for_patient(appointment, by_link=True))


@requires("scheduling.view_appointment")
@require_safe
def appointment_file(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The visit for the calendar of its patient, or of somebody who works here."""
    visible = Appointment.objects.visible_to(request.member).with_people()
    visit = get_object_or_404(visible, pk=pk, status__in=calendars.SHOWN)
    is_own = visit.patient_id == request.member.pk
    return _file(calendars.for_patient(visit) if is_own else calendars.for_staff(visit))


def _file(entry: calendars.Entry) -> HttpResponse:
    answer = HttpResponse(calendars.single(entry).text, content_type=TYPE)
    answer["Content-Disposition"] = 'attachment; filename="visit.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer
