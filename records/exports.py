"""What doctors wrote, as the patient reads it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.exports.table import Block, Given, section
from clinic.templatetags.clinic import day, day_time
from records.models import Consultation, Prescription


@section(30, gettext_lazy("Consultations"))
def consultations(given: Given) -> Iterator[Block]:
    """Each with what was written, what was added, and the diagnoses."""
    found = Consultation.objects.filter(patient=given.patient).select_related("doctor__member")
    for one in found.prefetch_related("addenda", "diagnoses").order_by("started_at"):
        title = f"{day_time(one.started_at)} · {one.doctor.member.name} · {one.get_status_display()}"
        coded = ", ".join(f"{each.code} {each.title}" for each in one.diagnoses.all())
        written = [
            (_("Complaints"), one.complaints),
            (_("History"), one.history),
            (_("Examination"), one.examination),
            (_("Diagnosis"), one.diagnosis),
            (_("Diagnoses (ICD-10)"), coded),
            (_("Plan"), one.plan),
            (_("Notes"), one.notes),
            *(
                (_("Added on %(day)s") % {"day": day(each.created_at)}, each.text)
                for each in one.addenda.all()
            ),
        ]
        yield Block(title, text="\n\n".join(f"{label}: {text}" for label, text in written if text))


@section(40, gettext_lazy("Prescriptions"))
def prescriptions(given: Given) -> Iterator[Block]:
    """Each with its medicines."""
    found = Prescription.objects.filter(patient=given.patient).select_related("doctor__member")
    head = (_("Medicine"), _("Dose"), _("How often"), _("For how long"), _("Notes"))
    for one in found.prefetch_related("items").order_by("created_at"):
        title = f"{day(one.dated)} · {one.doctor.member.name} · {one.get_status_display()}"
        rows = [
            (
                f"{item.medicine} {item.potency}".strip(),
                item.dosage,
                item.frequency,
                item.duration,
                item.notes,
            )
            for item in one.items.all()
        ]
        yield Block(title, head=head if rows else (), rows=rows, text=one.notes)
