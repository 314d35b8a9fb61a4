"""Messages as the desk sees them: what was sent, what waits, and what somebody has to decide."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.members.models import Member
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from clinic.notifications.models import OutboxMessage, Status
from clinic.notifications.services import confirm_message as confirm
from clinic.notifications.services import void_message as void
from scheduling import services
from scheduling.models import Appointment

PAGE = 25
DECIDE, WAITING, SENT, ALL = "decide", "waiting", "sent", "all"


@requires("scheduling.view_messages")
@require_safe
def message_list(request: ClinicRequest) -> HttpResponse:
    """All messages of a kind of state (?show=), the latest first; first those that need a decision."""
    shown, query = request.GET.get("show", DECIDE), request.GET.get("q", "").strip()[:100]
    outbox = OutboxMessage.objects.order_by("-due_at", "-pk").defer("body", "calendar")
    found = {
        WAITING: outbox.waiting(),
        SENT: outbox.filter(status=Status.SENT),
        ALL: outbox,
    }.get(shown, outbox.needing_decision())
    if query:
        found = found.filter(_meant_by(query))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "lines": with_what_they_are_about(page.object_list),
        "shown": shown if shown in (WAITING, SENT, ALL) else DECIDE,
        "query": query,
        "undecided": OutboxMessage.objects.needing_decision().count(),
    }
    return render(request, "scheduling/outbox/list.html", context)


@requires("scheduling.view_messages")
@require_safe
def message(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One message, and what it says unless that is secret."""
    found = get_object_or_404(OutboxMessage, pk=pk)
    (line,) = with_what_they_are_about([found])
    return render(request, "scheduling/outbox/message.html", {"outgoing": found, "line": line})


@requires("scheduling.requeue_message")
@require_POST
def requeue_message(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Send it again."""
    return _decide(request, pk, services.requeue_message, _("The message is on its way again."))


@requires("scheduling.confirm_message")
@require_POST
def confirm_message(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Note that it has arrived."""
    return _decide(request, pk, confirm, _("Noted that the message has arrived."))


@requires("scheduling.void_message")
@require_POST
def void_message(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw it."""
    return _decide(request, pk, void, _("The message is withdrawn."))


def with_what_they_are_about(messages: Any) -> list[dict[str, Any]]:
    """Each message with the person it is for and the visit it is about, as far as there are such."""
    messages = list(messages)
    people = Member.objects.in_bulk({one.member_id for one in messages if one.member_id})
    visits = Appointment.objects.with_people().in_bulk({one.about_id for one in messages if one.about_id})
    return [
        {
            "outgoing": one,
            "person": people.get(one.member_id),
            "visit": visits.get(one.about_id),
        }
        for one in messages
    ]


def _meant_by(query: str) -> Q:
    people = Member.objects.named(query).values("pk")
    return Q(recipient__icontains=query) | Q(member_id__in=people)


def _decide(request: ClinicRequest, pk: uuid.UUID, service: Any, said: Any) -> HttpResponse:
    found = get_object_or_404(OutboxMessage, pk=pk)
    carry_out(request, service, found, said)
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("scheduling:message", pk)
