"""What an administrator chooses for the clinic."""

from django import forms

from clinic.forms import Form
from tenants.models import Plan


class ChoosePlanForm(Form):
    """One of the plans that are offered."""

    plan = forms.ModelChoiceField(Plan.objects.offered(), widget=forms.HiddenInput())
