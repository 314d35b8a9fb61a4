"""What is typed about who acts for whom."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.forms.person import phone_field
from accounts.members.models import Guardianship, Relation
from accounts.members.models.patient import Gender, plausible_birth_date
from clinic.forms import DateInput, Form, ModelForm

UNTIL_18 = _("Left empty, it ends on the patient’s 18th birthday.")
# What somebody is to a child whom they register themselves.
TO_A_CHILD = [Relation.PARENT, Relation.GRANDPARENT, Relation.LEGAL, Relation.SIBLING, Relation.OTHER]


class GuardianForm(ModelForm):
    """Somebody who is known here acts for the patient."""

    papers_seen = forms.BooleanField(
        label=_("I have seen the papers"),
        required=False,
        help_text=_(
            "A birth certificate, a court’s order. Until then the guardian books, and reads no record."
        ),
    )

    class Meta:
        model = Guardianship
        fields: ClassVar[tuple[str, ...]] = ("relation", "ends_on", "reason")
        widgets = {"ends_on": DateInput()}
        help_texts = {"ends_on": UNTIL_18}
        labels = {"reason": _("Why beyond the 18th birthday (if so)")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The admin, which only shows what is stored, leaves the field out.
        if "ends_on" in self.fields:
            self.fields["ends_on"].required = False


class AppointForm(GuardianForm):
    """The same with both people, in the admin."""

    class Meta(GuardianForm.Meta):
        fields = ("dependant", "guardian", "relation", "ends_on", "reason")


class NewGuardianForm(GuardianForm):
    """Somebody who is not a patient here: only a contact."""

    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    invite = forms.BooleanField(label=_("Send an invitation to log in"), required=False, initial=True)

    field_order = ("given_name", "family_name", "phone", "email", "relation", "papers_seen", "invite")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field()
        self.order_fields(self.field_order)

    def service_data(self) -> dict[str, Any]:
        """Nobody is invited who has no e-mail."""
        data = self.cleaned_data
        return data | {"invite": bool(data["invite"] and data["email"])}


class ExtendForm(ModelForm):
    """Another last day, and why."""

    class Meta:
        model = Guardianship
        fields = ("ends_on", "reason")
        widgets = {"ends_on": DateInput()}


class EndForm(Form):
    """Why nobody acts for the patient any more."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the clinic. The guardian is told that it has ended, and not why."),
    )


class ChildForm(Form):
    """An own child who is new here."""

    given_name = forms.CharField(label=_("Given name of the child"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100)
    date_of_birth = forms.DateField(
        label=_("Date of birth"), validators=[plausible_birth_date], widget=DateInput()
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=Gender.choices, initial=Gender.UNKNOWN)
    relation = forms.ChoiceField(
        label=_("You are the child’s"), choices=[(each.value, each.label) for each in TO_A_CHILD]
    )


class HandOverForm(Form):
    """Where the invitation goes."""

    email = forms.EmailField(
        label=_("Their own e-mail"),
        help_text=_("The invitation goes there. It has to be an address of their own, not yours."),
    )
