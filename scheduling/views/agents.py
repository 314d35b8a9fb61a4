"""What agents do here: ask for visits for patients they bring, and see how far each has come."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.access import requires
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
    doctors = list(bookable().order_by("member__given_name", "member__family_name"))
    doctor = posted_doctor(request, doctors) or wanted_doctor(request, doctors)
    if doctor is None:
        free = next_free([doctor.pk for doctor in doctors], terms=Terms(by_patient=True))
        choices = [Choice(doctor, free.get(doctor.pk)) for doctor in doctors]
        return render(request, "scheduling/agent_doctor.html", {"choices": choices})
    offers = offers_to(None, doctor, timezone.now(), AppointmentType.objects.public())
    offer = wanted_offer(request, offers)
    form = ForPatientForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.request_for_patient,
        by=request.member,
        doctor=doctor,
        appointment_type=offer.type if offer else None,
    ):
        messages.success(request, _("The clinic has your request and will answer it."))
        return redirect("scheduling:my_bookings")
    kinds = Kinds(offers, offer, [], "", None)
    terms = Terms(offer.type.pk if offer else None, by_patient=True)
    context = {"kinds": kinds, **picker(request, form, doctor, terms)}
    return render(request, "scheduling/agent_book.html", context)


def wanted_offer(request: ClinicRequest, offers: list[Offer]) -> Offer | None:
    """The kind of visit that the form or the address asks for, else the first."""
    wanted = request.POST.get("appointment_type") or request.GET.get("type")
    first = offers[0] if offers else None
    return next((offer for offer in offers if str(offer.type.pk) == wanted), first)
