"""The table of all that can be set in a clinic, and where; the rooms' pages are named, not imported."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.http import ClinicRequest


class Setting(NamedTuple):
    """One page on which something is set: what for, in a few words."""

    page: str
    permission: str
    label: Any
    says: Any
    icon: str


class Line(NamedTuple):
    """A setting as it is drawn."""

    url: str
    label: Any
    says: Any
    icon: str


OVERVIEW: tuple[tuple[Any, tuple[Setting, ...]], ...] = (
    (
        _("The clinic"),
        (
            Setting(
                "settings:update_contact",
                "settings.update_contact",
                _("Name and contact"),
                _("Name, address, place on the map, phone and e-mail"),
                "telephone",
            ),
            Setting(
                "settings:update_brand",
                "settings.update_brand",
                _("Colour and logo"),
                _("How pages and papers look"),
                "palette",
            ),
            Setting(
                "settings:update_letterhead",
                "settings.update_letterhead",
                _("Letterhead"),
                _("What papers say of the clinic: register, bank, foot"),
                "file-earmark-text",
            ),
            Setting(
                "settings:update_languages",
                "settings.update_languages",
                _("Languages"),
                _("How dates and numbers are written, and which languages letters go out in"),
                "translate",
            ),
            Setting(
                "settings:update_place",
                "settings.update_place",
                _("Time zone and currency"),
                _("They stay as soon as something was booked or charged"),
                "globe",
            ),
            Setting(
                "scheduling:branch_list",
                "scheduling.view_branches",
                _("Branches and rooms"),
                _("Where patients are seen"),
                "building",
            ),
        ),
    ),
    (
        _("Visits"),
        (
            Setting(
                "scheduling:availability",
                "scheduling.view_availability",
                _("Hours"),
                _("When each doctor sees patients, and leave"),
                "clock",
            ),
            Setting(
                "scheduling:closing_days",
                "scheduling.view_closing_days",
                _("Closing days"),
                _("Holidays, and other days on which nobody is seen"),
                "calendar-x",
            ),
            Setting(
                "scheduling:appointment_type_list",
                "scheduling.view_appointment_types",
                _("Kinds of visits and fees"),
                _("What can be booked, how long it takes, what it costs"),
                "tag",
            ),
            Setting(
                "scheduling:update_booking_policy",
                "scheduling.update_booking_policy",
                _("Rules for booking"),
                _("Notice, deadlines for changes, reminders, limits"),
                "calendar-check",
            ),
            Setting(
                "queue:departments",
                "queue.view_departments",
                _("Departments of the queue"),
                _("For people without an appointment"),
                "megaphone",
            ),
        ),
    ),
    (
        _("Messages"),
        (
            Setting(
                "texts:message_text_list",
                "texts.message_text_list",
                _("Texts of messages"),
                _("What letters and text messages say, in your own words"),
                "envelope-paper",
            ),
        ),
    ),
    (
        _("Money"),
        (
            Setting(
                "billing:update_billing_policy",
                "billing.update_billing_policy",
                _("Invoices and taxes"),
                _("Numbers, days to pay, reminders, taxes"),
                "receipt",
            ),
            Setting(
                "online:provider_list",
                "online.provider_list",
                _("Online payments"),
                _("By whom they are taken"),
                "credit-card",
            ),
            Setting(
                "insurance:payer_list", "insurance.payer_list", _("Insurances"), _("Who pays too"), "shield"
            ),
            Setting(
                "cash:desk_list", "cash.desk_list", _("Cash desks"), _("Where cash is taken"), "cash-stack"
            ),
            Setting(
                "books:update_books_policy",
                "books.update_books_policy",
                _("Books"),
                _("What the books take over by themselves"),
                "journal-medical",
            ),
        ),
    ),
    (
        _("Access"),
        (
            Setting(
                "members:staff_list",
                "members.view_staff",
                _("Staff"),
                _("Who works here, in which role"),
                "person-badge",
            ),
            Setting(
                "members:update_access_policy",
                "members.update_access_policy",
                _("Signing in"),
                _("Who needs a second factor, and when pages close by themselves"),
                "shield-lock",
            ),
            Setting(
                "tenants:support_session_list",
                "tenants.support_session_list",
                _("Support"),
                _("Who of the platform was here, and whether they may"),
                "question-circle",
            ),
        ),
    ),
    (
        _("This site"),
        (
            Setting("members:plan", "members.view_plan", _("Plan"), _("What this site costs you"), "wallet2"),
            Setting(
                "tenants:domain_list",
                "tenants.domain_list",
                _("Addresses"),
                _("Pages at your own name instead of ours"),
                "compass",
            ),
            Setting(
                "moving:import_list",
                "moving.view_imports",
                _("Moving in"),
                _("Patients, doctors, visits and prices from another system"),
                "box-arrow-in-down",
            ),
            Setting(
                "exports:clinic_exports",
                "exports.clinic_exports",
                _("Take everything out"),
                _("A copy of all the clinic has on record"),
                "download",
            ),
            Setting(
                "erasure:erasure_list",
                "erasure.erasure_list",
                _("Erased patients"),
                _("How long records are kept, whose time is over, who was forgotten"),
                "eraser",
            ),
            Setting(
                "members:close_clinic",
                "members.close_clinic",
                _("Close the clinic"),
                _("Take everything out, think again for some weeks, then it is sealed"),
                "door-open",
            ),
        ),
    ),
)


def parts(request: ClinicRequest) -> list[tuple[Any, list[Line]]]:
    """What the person who asks may open, under its headings."""
    shown = ((title, list(_lines(request, settings))) for title, settings in OVERVIEW)
    return [(title, lines) for title, lines in shown if lines]


def _lines(request: ClinicRequest, settings: tuple[Setting, ...]) -> Iterator[Line]:
    for setting in settings:
        if request.user.has_perm(setting.permission):
            yield Line(reverse(setting.page), setting.label, setting.says, setting.icon)
