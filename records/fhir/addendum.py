"""FHIR Composition ← Addendum: what was added to a signed consultation."""

from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing
from records.fhir.narrative import PROGRESS, named_after, sections
from records.models import Addendum, Consultation


@writes(Addendum, "Composition", rows=lambda: Addendum.objects.select_related("author"))
def write_addendum(added: Addendum, writing: Writing) -> Resource:
    """The text, and what it is added to: its author is the consultation's doctor (services.add_addendum)."""
    text = named_after(added.consultation_id, "composition")
    target = f"urn:uuid:{text}" if writing.bundled else f"Composition/{text}"
    return {
        "status": "final",
        "type": PROGRESS,
        "subject": writing.reference_to(PatientProfile, added.patient_id),
        "encounter": writing.reference_to(Consultation, added.consultation_id),
        "date": added.created_at,
        "author": [writing.reference_to(DoctorProfile, added.author_id, added.author.name)],
        "title": _("Addendum"),
        "relatesTo": [{"code": "appends", "targetReference": {"reference": target, "type": "Composition"}}],
        "section": sections([(_("Addendum"), added.text)]),
    }
