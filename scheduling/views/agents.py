"""What agents do here: ask for visits for patients they bring, and see how far each has come."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.access import requires
from clinic.forms import Submittable
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import ForPatientForm
from scheduling.models import Appointment, AppointmentType, next_free
from scheduling.models.slots import Terms
from scheduling.services.fees import Offer, offers_to
from scheduling.views.booking import picker, posted_doctor
from scheduling.views.day import wanted_doctor
from scheduling.views.desk import Kinds
from scheduling.views.public import Choice, bookable

PAGE = 25


@requires("scheduling.view_my_bookings")
def my_bookings(request: ClinicRequest) -> HttpResponse:
    """The visits the agent asked for and where each stands; nothing about why."""
    own = Appointment.objects.brought_by(request.member).with_people().order_by("-starts_at")
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    return render(request, "scheduling/agent.html", {"page_obj": page})


@requires("scheduling.request_for_patient")
def request_for_patient(request: ClinicRequest) -> HttpResponse:
    """A doctor, a kind of visit, a time, and who comes."""
    form = ForPatientForm(request.POST or None)
    page = booked_or_page(request, form, services.request_for_patient, "scheduling/agent_book.html")
    if page:
        return page
    messages.success(request, _("The clinic has your request and will answer it."))
    return redirect("scheduling:my_bookings")


def booked_or_page(
    request: ClinicRequest,
    form: Submittable,
    service: Callable[..., Any],
    template: str,
    shown: Mapping[str, Any] = MappingProxyType({}),
    **arguments: Any,
) -> HttpResponse | None:
    """The page on which an agent chooses a doctor, then a kind of visit and a time; None once it is booked.

    `arguments` are the service's own, `shown` what its pages show besides.
    """
    doctors = list(bookable().order_by("member__given_name", "member__family_name"))
    doctor = posted_doctor(request, doctors) or wanted_doctor(request, doctors)
    if doctor is None:
        free = next_free([doctor.pk for doctor in doctors], terms=Terms(by_patient=True))
        choices = [Choice(doctor, free.get(doctor.pk)) for doctor in doctors]
        return render(request, "scheduling/agent_doctor.html", {"choices": choices, **shown})
    offers = offers_to(None, doctor, timezone.now(), AppointmentType.objects.public())
    offer = wanted_offer(request, offers)
    kind = offer.type if offer else None
    if request.method == "POST" and form.submit(
        service, by=request.member, doctor=doctor, appointment_type=kind, **arguments
    ):
        return None
    terms = Terms(kind.pk if kind else None, by_patient=True)
    context = {"kinds": Kinds(offers, offer, [], "", None), **picker(request, form, doctor, terms), **shown}
    return render(request, template, context)


def wanted_offer(request: ClinicRequest, offers: list[Offer]) -> Offer | None:
    """The kind of visit that the form or the address asks for, else the first."""
    wanted = request.POST.get("appointment_type") or request.GET.get("type")
    first = offers[0] if offers else None
    return next((offer for offer in offers if str(offer.type.pk) == wanted), first)
