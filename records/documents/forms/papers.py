"""What is typed when a paper is handed in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.forms import DateInput, ModelForm
from records.documents.forms.files import FilesField, ask_again
from records.documents.models import Paper


class OwnerField(forms.ModelChoiceField):
    """Somebody who works here, or (empty) the clinic itself."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, and as what: who is two things is in the list twice."""
        return f"{obj.name} ({obj.get_role_display()})"


class PaperForm(ModelForm):
    """A paper with its files. Who decides on papers says whose it is; everybody else hands in the own."""

    member = OwnerField(
        label=_("Whose paper"), queryset=None, required=False, empty_label=_("The clinic's own")
    )
    uploads = FilesField()

    class Meta:
        model = Paper
        fields = ("member", "kind", "title", "number", "issued_by", "issued_on", "expires_on")
        widgets = {"issued_on": DateInput(), "expires_on": DateInput()}

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if by.may("documents.verify_paper"):
            field: Any = self.fields["member"]
            field.queryset = Member.objects.staff().active()
        else:
            del self.fields["member"]

    def is_valid(self) -> bool:
        """Whether every field is well-formed."""
        is_valid = super().is_valid()
        if not is_valid:
            ask_again(self)
        return is_valid

    def service_data(self) -> dict[str, Any]:
        """The fields, and whose it is."""
        return {"member": self.by, **self.cleaned_data}
