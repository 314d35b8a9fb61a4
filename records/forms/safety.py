"""What the doctor answers to the findings of a check."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form
from records.medicines.checking import Finding, Level
from records.services.safety import LONGEST_REASON, Answer, Safety

TICKS = {
    Level.STOP: _("I have read this and hand it out all the same."),
    Level.UNCHECKED: _("I have seen that this was not checked."),
}


class SafetyForm(Form):
    """A reason or a tick for each finding; `covers` says which check was read."""

    covers = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, safety: Safety) -> None:
        super().__init__(data)
        self.safety = safety
        # Always the check shown now: after a refusal it is a newer one than was sent.
        self.initial["covers"] = safety.covers
        for finding in safety.findings:
            if finding.needs_reason:
                self.fields[f"reason-{finding.code}"] = forms.CharField(
                    label=_("Reason for handing it out all the same"),
                    max_length=LONGEST_REASON,
                    error_messages={"required": _("Say why.")},
                )
            if finding.needs_tick:
                self.fields[f"tick-{finding.code}"] = forms.BooleanField(
                    label=TICKS[finding.level], error_messages={"required": _("Tick this to go on.")}
                )

    @cached_property
    def rows(self) -> list[tuple[Finding, list[forms.BoundField]]]:
        """Each finding with the fields that answer it."""
        return [(finding, list(self._fields_of(finding))) for finding in self.safety.findings]

    def _fields_of(self, finding: Finding) -> Iterator[forms.BoundField]:
        names = (f"reason-{finding.code}", f"tick-{finding.code}")
        return (self[name] for name in names if name in self.fields)

    def service_data(self) -> dict[str, Any]:
        """The answers by the findings' keys."""
        told = self.cleaned_data
        return {
            "covers": told["covers"],
            "overrides": {
                finding.key: Answer(
                    told.get(f"reason-{finding.code}", ""), told.get(f"tick-{finding.code}", False)
                )
                for finding in self.safety.findings
            },
        }
