"""What one was told: the list, and the number at the bell."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.access import signed_in
from clinic.http import ClinicRequest
from clinic.inbox import services
from clinic.inbox.lines import lines, may_open
from clinic.inbox.models import Notification

PAGE = 25
HERE = "inbox:notification_list"


@require_safe
@signed_in
def notification_list(request: ClinicRequest) -> HttpResponse:
    """What the member was told, latest first."""
    shown = "unread" if request.GET.get("show") == "unread" else ""
    told = Notification.objects.of(request.member)
    page = Paginator(told.unread() if shown else told, PAGE).get_page(request.GET.get("page"))
    context = {"lines": lines(page, request.member), "page_obj": page, "shown": shown}
    return render(request, "inbox/notification_list.html", context)


@require_POST
@signed_in
def open_notification(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Go to the page a notification is about, which reads it."""
    notification = get_object_or_404(Notification.objects.of(request.member), pk=pk)
    services.mark_read(notification, by=request.member)
    return redirect(notification.link if may_open(request.member, notification.link) else HERE)


@require_POST
@signed_in
def mark_all_read(request: ClinicRequest) -> HttpResponse:
    """Have done with everything there is."""
    services.mark_all_read(by=request.member)
    messages.success(request, _("Everything is marked as read."))
    return redirect(HERE)


@never_cache
@require_safe
@signed_in
def unread_count(request: ClinicRequest) -> HttpResponse:
    """The bell's inside, for a page that stays open."""
    return render(request, "inbox/_bell.html")
