"""Closing days and the rules for booking in the admin."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.admin import ClinicAdmin, clinic_site, step
from scheduling import services
from scheduling.admin.through import ServiceForm, ThroughService
from scheduling.forms.policy import ReminderHours
from scheduling.models import Appointment, BookingPolicy, ClosingDay


def say_what_is_in_the_way(site: ClinicAdmin, request: HttpRequest) -> None:
    """Say how many visits fall into leave or closing days, and where other times for them are found."""
    count = Appointment.objects.stranded().count()
    if count:
        said = ngettext(
            "%(count)s visit falls into leave or a closing day.",
            "%(count)s visits fall into leave or closing days.",
            count,
        ) % {"count": count}
        page = reverse("scheduling:stranded_visits", urlconf="clinic.urls")
        link = format_html('{} <a href="{}">{}</a>', said, page, _("Find other times"))
        site.message_user(request, link, level="WARNING")


class ClosingDayForm(ServiceForm):
    """A closing day, entered."""

    def carry_out(self, **data: Any) -> ClosingDay:
        """Close the clinic on these days."""
        return services.add_closing_day(by=self.by, **data)


@admin.register(ClosingDay, site=clinic_site)
class ClosingDayAdmin(ThroughService):
    """Closing days and public holidays."""

    form = ClosingDayForm
    fields = ("name", "first_day", "last_day")
    list_display = ("first_day", "last_day", "name", "kind", "is_observed")
    list_filter = ("kind", "is_observed")
    search_fields = ("name",)
    date_hierarchy = "first_day"
    may_change = False
    actions = ("remove_closing_day", "work_on_holiday", "close_on_holiday")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stored by the service; what it came across is said."""
        say_what_is_in_the_way(self, request)

    remove_closing_day = step(services.remove_closing_day, _("Remove the closing day"))
    work_on_holiday = step(services.work_on_holiday, _("Work on this public holiday"))

    @admin.action(description=_("Close on this public holiday"))
    def close_on_holiday(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Close after all."""
        self.run_service(request, queryset, services.close_on_holiday)
        say_what_is_in_the_way(self, request)


class PolicyForm(ServiceForm):
    """The rules, changed."""

    email_reminder_hours = ReminderHours(_("Reminders by e-mail"))
    sms_reminder_hours = ReminderHours(_("Reminders by text message"))

    def carry_out(self, **data: Any) -> BookingPolicy:
        """Change the one row of rules."""
        return services.update_booking_policy(by=self.by, **data)


@admin.register(BookingPolicy, site=clinic_site)
class BookingPolicyAdmin(ThroughService):
    """The clinic's rules for booking: one row, which the page of the rules makes when it is first saved.

    Public holidays are switched on the page of closing days.
    """

    form = PolicyForm
    may_add = False
    list_display = ("__str__", "minimum_notice_hours", "horizon_days", "change_deadline_hours")
    readonly_fields = ("closes_on_public_holidays",)
