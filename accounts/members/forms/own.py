"""What people type about themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.forms.patients import PatientForm
from accounts.members.forms.person import phone_field
from accounts.members.models import Member, PatientProfile
from clinic.forms import DateInput, Form, ModelForm


class MyStaffForm(ModelForm):
    """How colleagues reach one."""

    class Meta:
        model = Member
        fields = ("email",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field()
        self.initial.setdefault("phone", self.instance.phone)


class MyPatientForm(PatientForm):
    """Where the clinic reaches the patient; name and date of birth are the desk's to correct."""

    class Meta:
        model = PatientProfile
        fields = ("language", "address_line", "postal_code", "city", "region", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["given_name"], self.fields["family_name"]

    def keep_email(self) -> None:
        """Whoever acts before the papers were seen does not turn the patient's letters to another mailbox."""
        self.fields["email"].disabled = True
        self.fields["email"].help_text = _("It can be changed when the clinic has seen your papers.")


class FinishRegistrationForm(PatientForm):
    """What the clinic needs to know of somebody who signed up."""

    class Meta:
        model = PatientProfile
        fields = (
            "date_of_birth",
            "gender",
            "address_line",
            "postal_code",
            "city",
            "region",
            "country",
            "language",
        )
        widgets = {"date_of_birth": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The e-mail is the one just confirmed.
        del self.fields["email"]
        self.fields["date_of_birth"].required = True
        self.fields["family_name"].required = True


class AcceptInvitationForm(Form):
    """The password of a new log-in."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 characters. Three or four words are easy to remember."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The two are the same."""
        cleaned = super().clean() or self.cleaned_data
        again = cleaned.pop("password_again", None)
        if again is not None and cleaned.get("password") not in (None, again):
            self.add_error("password_again", _("This is not the same password."))
        return cleaned
