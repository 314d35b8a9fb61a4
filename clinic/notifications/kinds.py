"""What each kind of message is called where people look at messages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Any] = MappingProxyType(
    {
        # To patients, about their visits
        "request_received": _("Request received"),
        "appointment_booked": _("Visit booked"),
        "appointment_confirmed": _("Visit confirmed"),
        "appointment_declined": _("Request declined"),
        "appointment_moved": _("Visit moved"),
        "appointment_cancelled": _("Visit cancelled"),
        "reminder": _("Reminder"),
        "time_offered": _("Time offered"),
        "offer_withdrawn": _("Offer withdrawn"),
        "wish_ended": _("Waiting list ended"),
        "visits_rebooked": _("Visits changed by the clinic"),
        "series_booked": _("Series booked"),
        "series_moved": _("Series moved"),
        "series_cancelled": _("Series cancelled"),
        # To patients, about money: letters that the desk asks for, and what comes by itself
        "invoice": _("Invoice"),
        "statement": _("Statement"),
        "payment_reminder": _("Payment reminder"),
        # To administrators, about the clinic itself
        "trial_ends_soon": _("End of the trial"),
        "trial_over": _("End of the trial"),
        "clinic_suspended": _("Clinic suspended"),
        "clinic_active": _("Clinic active"),
        "clinic_closing": _("Clinic closes"),
        # To who runs the platform
        "plan_chosen": _("Plan chosen"),
        # To whoever asked for a copy of everything
        "export_ready": _("Copy ready"),
        "export_failed": _("Copy not ready"),
        # About log-ins
        "invitation": _("Invitation"),
        "guardianship_ending": _("Acting for somebody ends soon"),
        "guardianship_ended": _("Acting for somebody has ended"),
        "email_confirmation": _("Confirmation of an e-mail address"),
        "email_confirmation_signup": _("Confirmation of an e-mail address"),
        "password_reset_key": _("New password"),
        "unknown_account": _("New password"),
        "email_changed": _("E-mail address changed"),
        "email_deleted": _("Change of an e-mail address withdrawn"),
        "password_changed": _("Password changed"),
        "password_reset": _("Password changed"),
        "password_set": _("Password changed"),
        "account_already_exists": _("Log-in exists already"),
        **dict.fromkeys(
            ("totp_activated", "totp_deactivated", "webauthn_added", "webauthn_removed"), _("Second factor")
        ),
        **dict.fromkeys(("recovery_codes_generated", "second_factor_reset"), _("Second factor")),
    }
)

# What waits while a clinic is suspended: it speaks to no patient. Kinds that nobody has named here are sent.
WAITS_WHILE_SUSPENDED = frozenset(
    {
        *("request_received", "appointment_booked", "appointment_confirmed", "appointment_declined"),
        *("appointment_moved", "appointment_cancelled", "reminder", "time_offered", "offer_withdrawn"),
        *("wish_ended", "visits_rebooked", "series_booked", "series_moved", "series_cancelled"),
        *("invoice", "statement", "payment_reminder"),
    }
)


def label_of(kind: str) -> str:
    """The kind in words."""
    return str(KINDS.get(kind) or kind.replace("_", " ").capitalize())
