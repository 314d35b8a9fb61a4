"""The menu: for each role what it does most, and then the rest. The one table of what leads where."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.members.roles import Role


class Item(NamedTuple):
    """A way in: a page by its URL's name, and the pages behind it, on which it is marked too.

    `behind` names pages, or whole rooms by their namespace ("queue:").
    """

    page: str
    label: Any
    icon: str
    behind: tuple[str, ...] = ()


class Menu(NamedTuple):
    """What a role is offered: the first lie under the thumb on a phone, the rest opens behind "More"."""

    first: tuple[Item, ...]
    more: tuple[Item, ...] = ()


class Line(NamedTuple):
    """An item as it is drawn; `current` is the value of aria-current, "" elsewhere."""

    url: str
    label: Any
    icon: str
    current: str


MY_DAY = Item("scheduling:my_day", _("My day"), "person-workspace")
DAY = Item(
    "scheduling:day",
    _("Day"),
    "calendar3",
    (
        "scheduling:stranded_visits",
        "scheduling:appointment",
        "scheduling:book_appointment",
        "scheduling:register_patient_to_book",
        "scheduling:cancel_appointment",
        "scheduling:decline_appointment",
        "scheduling:reschedule_appointment",
        "scheduling:assign_room",
        "scheduling:book_series",
        "scheduling:series",
        "scheduling:move_series",
        "scheduling:cancel_series",
    ),
)
CALENDAR = Item("scheduling:calendar", _("Calendar"), "calendar-week", ("scheduling:resize_appointment",))
PATIENTS = Item(
    "members:patient_list",
    _("Patients"),
    "people",
    (
        "members:patient",
        "members:register_patient",
        "members:update_patient",
        "members:add_allergy",
        "members:add_condition",
        "members:add_emergency_contact",
        "members:patient_family",
        "members:add_guardian",
        "members:extend_guardianship",
        "members:end_guardianship",
        "members:duplicate_list",
        "members:merge_patients",
        "members:unmerge_patients",
        "chart:",
        "documents:",
        "history:",
        "observations:",
        "wallets:",
        "insurance:",
        *("erasure:erase_patient", "erasure:place_legal_hold"),
    ),
)
CONSULTATIONS = Item("records:consultation_list", _("Consultations"), "clipboard2-pulse", ("records:",))
INVOICES = Item(
    "billing:invoice_list",
    _("Invoices"),
    "receipt",
    (
        "billing:",
        "online:",
        "wallets:wallet_list",
        "insurance:payer_list",
        "insurance:add_payer",
        "insurance:update_payer",
    ),
)
CASH = Item("cash:session_list", _("Cash desk"), "cash-stack", ("cash:",))
BOOKS = Item("books:entry_list", _("Books"), "journal-text", ("books:",))
QUEUE = Item("queue:queue", _("Queue"), "megaphone", ("queue:",))
WAITING = Item(
    "scheduling:waiting_list", _("Waiting list"), "hourglass-split", ("scheduling:join_waiting_list",)
)
MESSAGES = Item("scheduling:message_list", _("Messages"), "envelope", ("scheduling:message",))
HOURS = Item(
    "scheduling:availability",
    _("Hours"),
    "clock",
    (
        "scheduling:doctor_availability",
        "scheduling:update_availability_rule",
        "scheduling:add_availability_rule",
        "scheduling:add_availability_exception",
        "scheduling:closing_days",
        "scheduling:add_closing_day",
        "scheduling:update_booking_policy",
        "scheduling:branch_list",
        "scheduling:add_branch",
        "scheduling:update_branch",
        "scheduling:add_room",
        "scheduling:update_room",
    ),
)
KINDS = Item(
    "scheduling:appointment_type_list",
    _("Kinds of visits"),
    "tag",
    (
        "scheduling:appointment_type",
        "scheduling:add_appointment_type",
        "scheduling:update_appointment_type",
        "scheduling:adapt_appointment_type",
    ),
)
TEMPLATES = Item(
    "records:text_template_list",
    _("Text templates"),
    "card-text",
    ("records:add_text_template", "records:update_text_template"),
)
MEDICINES = Item("medicines:medicine_lists", _("Medicines"), "capsule", ("medicines:load_medicines",))
STAFF = Item(
    "members:staff_list",
    _("Staff"),
    "person-badge",
    ("members:staff_member", "members:register_staff", "members:update_staff", "members:add_role"),
)
PAPERS = Item(
    "documents:paper_list",
    _("Papers"),
    "person-vcard",
    ("documents:paper", "documents:add_paper", "documents:reject_paper"),
)
SETTINGS = Item(
    "settings:overview",
    _("Settings"),
    "gear",
    (
        *(
            "settings:",
            "texts:",
            "moving:",
            "members:plan",
            "members:choose_plan",
            "members:update_access_policy",
        ),
        *("members:close_clinic",),
        *("tenants:domain_list", "tenants:support_session_list"),
        *("exports:clinic_exports", "fhir:", "erasure:"),
    ),
)
JOBS = Item("jobs:job_list", _("What runs by itself"), "arrow-repeat")
TRAIL = Item(
    "chart:search_trail",
    _("Audit trail"),
    "clock-history",
    ("chart:trail_entry", "chart:broken_glass"),
)
ALL_DATA = Item("admin:index", _("All data"), "table")
ME = Item(
    "members:me",
    _("My details"),
    "person",
    ("members:update_me", "documents:", "history:", "chart:portal_access"),
)
BOOK = Item(
    "scheduling:choose_doctor",
    _("Book a visit"),
    "calendar-plus",
    ("scheduling:choose_time", "scheduling:request_appointment", "scheduling:home"),
)
VISITS = Item(
    "scheduling:portal",
    _("Visits"),
    "calendar-event",
    (
        "scheduling:appointment",
        "scheduling:cancel_appointment",
        "scheduling:reschedule_appointment",
        "scheduling:join_waiting_list",
        "scheduling:my_feed",
    ),
)
MY_PRESCRIPTIONS = Item(
    "records:portal_prescriptions", _("Prescriptions"), "prescription2", ("records:prescription",)
)
MY_MEASUREMENTS = Item("observations:portal_measurements", _("Measurements"), "activity")
MY_INVOICES = Item(
    "billing:portal_invoices",
    _("Invoices"),
    "receipt",
    ("billing:invoice", "billing:portal_statement", "online:", "wallets:portal_wallet"),
)
FAMILY = Item("members:family", _("Family"), "people", ("members:register_child", "members:hand_over"))
MY_BOOKINGS = Item("scheduling:my_bookings", _("My bookings"), "list-check")
BOOK_FOR = Item("scheduling:request_for_patient", _("New person"), "calendar-plus")
MY_PATIENTS = Item(
    "scheduling:my_patients",
    _("My patients"),
    "people",
    (
        "scheduling:my_patient",
        "scheduling:register_brought_patient",
        "scheduling:book_for_patient",
        "scheduling:log_assistance",
        "scheduling:reschedule_for_patient",
        "scheduling:cancel_for_patient",
    ),
)
AGENTS = Item(
    "scheduling:agent_list",
    _("Agents"),
    "person-lines-fill",
    ("scheduling:agent", "members:update_assignment", "members:decline_assignment", "members:end_assignment"),
)

SUPPORT = "support"
UNSEEN = "unseen"
MENUS: Mapping[str, Menu] = MappingProxyType(
    {
        Role.ADMIN: Menu(
            (DAY, CALENDAR, PATIENTS, INVOICES),
            (
                CASH,
                QUEUE,
                WAITING,
                MESSAGES,
                HOURS,
                KINDS,
                TEMPLATES,
                MEDICINES,
                STAFF,
                AGENTS,
                PAPERS,
                BOOKS,
                SETTINGS,
                JOBS,
                TRAIL,
                ALL_DATA,
            ),
        ),
        Role.DOCTOR: Menu(
            (MY_DAY, DAY, PATIENTS, CONSULTATIONS),
            (CALENDAR, QUEUE, WAITING, HOURS, TEMPLATES, MEDICINES, KINDS, STAFF, PAPERS),
        ),
        Role.RECEPTIONIST: Menu(
            (DAY, CALENDAR, PATIENTS, INVOICES),
            (CASH, QUEUE, WAITING, MESSAGES, HOURS, KINDS, STAFF, AGENTS, PAPERS),
        ),
        Role.PATIENT: Menu((VISITS, MY_PRESCRIPTIONS, MY_INVOICES, ME), (MY_MEASUREMENTS, FAMILY)),
        Role.AGENT: Menu((MY_PATIENTS, MY_BOOKINGS, BOOK_FOR, ME)),
        Role.CAREGIVER: Menu((ME, BOOK)),
        # A guardian whose papers the clinic has not seen yet
        UNSEEN: Menu((VISITS, BOOK, FAMILY, ME)),
        # A superuser's visit is for the clinic's admin alone.
        SUPPORT: Menu((), (ALL_DATA,)),
    }
)


def drawn(role: str, page: str) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The role's menu as it stands on `page`: the first items and the rest."""
    menu = MENUS.get(role, Menu(()))
    marked = _marked((*menu.first, *menu.more), page)
    first, more = (tuple(_line(item, page, marked) for item in items) for items in menu)
    return first, more


def _marked(items: tuple[Item, ...], page: str) -> Item | None:
    """The item on whose page we are, or behind which; its name says more than its room."""
    own = {item.page: item for item in items}
    behind = {name: item for item in reversed(items) for name in item.behind}
    return own.get(page) or behind.get(page) or behind.get(page.partition(":")[0] + ":")


def _line(item: Item, page: str, marked: Item | None) -> Line:
    current = "" if item != marked else "page" if item.page == page else "true"
    return Line(reverse(item.page, urlconf=settings.ROOT_URLCONF), item.label, item.icon, current)
