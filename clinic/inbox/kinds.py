"""What can be told: for each kind the sentence, its sign and its tone.

Names, times, doctors and numbers, and nothing clinical: no reason, no kind of visit, no specialisation, and
not why anything was declined or called off. What is more is on the page that the notification leads to.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Kind(NamedTuple):
    """A sentence over the facts, moments among them in the clinic's time; icon and tone as in parts.css."""

    sentence: Any
    icon: str
    tone: str = "info"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        # To the front desk
        "request_to_answer": Kind(
            _("%(patient)s asks for a visit: %(at)s with %(doctor)s."), "calendar-plus", "wait"
        ),
        "request_lapsed": Kind(
            _("Nobody answered in time: the request of %(patient)s for %(at)s has lapsed."),
            "hourglass",
            "bad",
        ),
        "patient_booked": Kind(_("%(patient)s booked a visit: %(at)s with %(doctor)s."), "calendar-check"),
        "patient_moved": Kind(
            _("%(patient)s moved a visit with %(doctor)s from %(before)s to %(at)s."), "arrow-left-right"
        ),
        "patient_cancelled": Kind(
            _("%(patient)s called a visit off: %(at)s with %(doctor)s."), "calendar-x", "wait"
        ),
        "offer_accepted": Kind(
            _("%(patient)s took the time that was offered: %(at)s with %(doctor)s."), "calendar-check", "good"
        ),
        "offer_declined": Kind(
            _("%(patient)s does not want the time that was offered: %(at)s with %(doctor)s."), "calendar-x"
        ),
        "agent_asks": Kind(_("%(agent)s brings a patient: %(patient)s."), "person-plus", "wait"),
        "patient_ended_agent": Kind(
            _("%(patient)s does not want %(agent)s to book any more."), "person-dash", "wait"
        ),
        "agent_booked": Kind(
            _("%(agent)s booked a visit for %(patient)s: %(at)s with %(doctor)s."), "calendar-check"
        ),
        "agent_moved": Kind(
            _("%(agent)s moved a visit of %(patient)s with %(doctor)s from %(before)s to %(at)s."),
            "arrow-left-right",
        ),
        "agent_cancelled": Kind(
            _("%(agent)s called a visit of %(patient)s off: %(at)s with %(doctor)s."), "calendar-x", "wait"
        ),
        "visits_stranded": Kind(
            ngettext_lazy(
                "%(count)s visit of %(doctor)s is in the way of leave or a closing day.",
                "%(count)s visits of %(doctor)s are in the way of leave or a closing day.",
                "count",
            ),
            "exclamation-triangle",
            "wait",
        ),
        "message_failed": Kind(
            _("A message to %(patient)s could not be sent."), "exclamation-triangle", "bad"
        ),
        "message_uncertain": Kind(
            _("It is not certain that a message reached %(patient)s. Decide whether to send it again."),
            "question-circle",
            "wait",
        ),
        "online_payment_unclear": Kind(
            _("An online payment of invoice %(number)s needs somebody to look into it."),
            "question-circle",
            "wait",
        ),
        "online_refund_failed": Kind(
            _("Money of invoice %(number)s could not be sent back."), "exclamation-triangle", "bad"
        ),
        # To the administrators
        "glass_broken": Kind(
            _("%(doctor)s opened the file of %(patient)s without having the patient in care."),
            "shield-exclamation",
            "bad",
        ),
        "support_session_started": Kind(
            _("%(person)s of the platform's support enters this clinic's administration for an hour."),
            "shield-exclamation",
            "wait",
        ),
        # To the doctor
        "visit_booked": Kind(_("New visit: %(patient)s, %(at)s."), "calendar-plus"),
        "visit_moved": Kind(
            _("The visit of %(patient)s was moved from %(before)s to %(at)s."), "arrow-left-right"
        ),
        "visit_handed_over": Kind(
            _("The visit of %(patient)s, %(before)s, is with %(doctor)s now: %(at)s."), "arrow-right"
        ),
        "visit_cancelled": Kind(_("The visit of %(patient)s, %(at)s, will not take place."), "calendar-x"),
        "patient_checked_in": Kind(_("%(patient)s is checked in: %(at)s."), "person-check", "here"),
        "own_visits_stranded": Kind(
            ngettext_lazy(
                "%(count)s of your visits is in the way of leave or a closing day.",
                "%(count)s of your visits are in the way of leave or a closing day.",
                "count",
            ),
            "exclamation-triangle",
            "wait",
        ),
        # To the patient
        "your_request_confirmed": Kind(
            _("The clinic confirmed your visit: %(at)s with %(doctor)s."), "calendar-check", "good"
        ),
        "your_request_declined": Kind(
            _("The clinic cannot see you at the time you asked for: %(at)s with %(doctor)s."),
            "calendar-x",
            "bad",
        ),
        "your_visit_booked": Kind(
            _("The clinic booked a visit for you: %(at)s with %(doctor)s."), "calendar-check", "good"
        ),
        "your_visit_moved": Kind(
            _("Your visit was moved from %(before)s to %(at)s with %(doctor)s."), "arrow-left-right", "wait"
        ),
        "your_visit_cancelled": Kind(
            _("Your visit will not take place: %(at)s with %(doctor)s."), "calendar-x", "bad"
        ),
        "your_visits_booked": Kind(
            ngettext_lazy(
                "The clinic booked %(count)s visit for you: %(at)s with %(doctor)s.",
                "The clinic booked %(count)s visits for you, the first: %(at)s with %(doctor)s.",
                "count",
            ),
            "calendar-check",
            "good",
        ),
        "your_visits_moved": Kind(
            ngettext_lazy(
                "%(count)s visit of yours was moved: %(at)s with %(doctor)s.",
                "%(count)s visits of yours were moved, the first: %(at)s with %(doctor)s.",
                "count",
            ),
            "arrow-left-right",
            "wait",
        ),
        "your_visits_cancelled": Kind(
            ngettext_lazy(
                "%(count)s visit of yours will not take place: %(at)s with %(doctor)s.",
                "%(count)s visits of yours will not take place, the first: %(at)s with %(doctor)s.",
                "count",
            ),
            "calendar-x",
            "bad",
        ),
        "your_offer": Kind(
            _("A time is free for you: %(at)s with %(doctor)s. Answer by %(until)s."),
            "hourglass-split",
            "wait",
        ),
        "your_offer_withdrawn": Kind(
            _("The clinic cannot keep the time it offered you: %(at)s with %(doctor)s."), "calendar-x"
        ),
        "your_reminder": Kind(_("Your visit with %(doctor)s: %(at)s."), "bell"),
        "your_prescription": Kind(_("%(doctor)s wrote a prescription for you."), "file-earmark-text"),
        "your_invoice": Kind(_("There is a new invoice for you: %(number)s."), "receipt"),
        # To whoever works here, about papers
        "paper_to_check": Kind(_("A paper of %(person)s waits to be checked."), "person-vcard", "wait"),
        "paper_expires": Kind(_("A paper of %(person)s runs out. Ask for the new one."), "hourglass", "wait"),
        "your_paper_expires": Kind(_("A paper of yours runs out. Hand in the new one."), "hourglass", "wait"),
        "paper_verified": Kind(_("Your paper was checked and is accepted."), "patch-check", "good"),
        "paper_rejected": Kind(
            _("Your paper was not accepted. Open it to see why, and hand in another one."),
            "x-octagon",
            "bad",
        ),
        # To whoever asked for a copy of everything
        "export_ready": Kind(_("The copy you asked for is ready to be downloaded."), "download", "good"),
        "export_failed": Kind(
            _("The copy you asked for could not be prepared. Ask for it once more."),
            "exclamation-triangle",
            "bad",
        ),
        # To the agent
        "agent_visit_moved": Kind(
            _("A visit of %(patient)s was moved from %(before)s to %(at)s with %(doctor)s."),
            "arrow-left-right",
            "wait",
        ),
        "agent_visit_cancelled": Kind(
            _("A visit of %(patient)s will not take place: %(at)s with %(doctor)s."), "calendar-x", "bad"
        ),
        "agent_has_patient": Kind(_("%(patient)s is one of your patients now."), "person-check", "good"),
        "agent_not_given_patient": Kind(
            _("The clinic does not make %(patient)s one of your patients."), "person-x", "bad"
        ),
        "agent_lost_patient": Kind(_("%(patient)s is not one of your patients any more."), "person-dash"),
        "agent_request_confirmed": Kind(
            _("The clinic confirmed what you asked for: %(patient)s, %(at)s with %(doctor)s."),
            "calendar-check",
            "good",
        ),
        "agent_request_declined": Kind(
            _("The clinic cannot see %(patient)s at the time you asked for: %(at)s with %(doctor)s."),
            "calendar-x",
            "bad",
        ),
    }
)

# What is said of a kind that there was once.
FORGOTTEN = Kind(_("Something has changed."), "bell")

# The facts among them that are moments, stored as ISO 8601 and said in the clinic's time.
MOMENTS = frozenset({"at", "before", "until"})
