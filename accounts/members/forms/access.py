"""What an administrator types about signing in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.roles import SECOND_FACTOR, Role
from clinic.forms import Form
from tenants.models.organization import PATIENT_IDLE_MINUTES, STAFF_IDLE_MINUTES


def _minutes(label: Any, limits: Any) -> forms.IntegerField:
    least, most = (limit.limit_value for limit in limits)
    said = _("From %(least)d to %(most)d.") % {"least": least, "most": most}
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=said)


class AccessPolicyForm(Form):
    """Who needs a second factor beyond those who need one everywhere, and how long a page stays open."""

    second_factor_roles = forms.MultipleChoiceField(
        label=_("A second factor is needed by"),
        choices=[(role.value, role.label) for role in Role if role not in SECOND_FACTOR],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Administrators and doctors need one in every clinic. Whoever you tick here sets one up at the "
            "next page."
        ),
    )
    staff_idle_minutes = _minutes(_("Minutes until staff are signed out"), STAFF_IDLE_MINUTES)
    patient_idle_minutes = _minutes(_("Minutes until patients are signed out"), PATIENT_IDLE_MINUTES)
