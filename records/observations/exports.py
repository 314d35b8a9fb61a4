"""What was measured, as the patient reads it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.exports.table import Block, Given, section
from clinic.templatetags.clinic import day_time, number
from records.observations.models import Observation


@section(50, gettext_lazy("Measurements"))
def measurements(given: Given) -> Iterator[Block]:
    """All of them in the order in which they were taken."""
    found = Observation.objects.filter(patient=given.patient).order_by("measured_at", "id")
    rows = [
        (
            day_time(one.measured_at),
            one.get_code_display(),
            f"{number(one.value)} {one.unit}".strip(),
            _("Entered in error") if one.entered_in_error_at else "",
        )
        for one in found
    ]
    if rows:
        yield Block(head=(_("Time"), _("Measured"), _("Value"), ""), rows=rows)
