"""FHIR Coverage ← Policy, and Organization ← Payer: who pays for a patient."""

from django.utils import timezone

from accounts.members.models import PatientProfile
from billing.insurance.models import Payer, Policy
from clinic.fhir.codes import concept
from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing

ORGANIZATION_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"


@writes(Payer, "Organization", patient=None)
def write_payer(payer: Payer, writing: Writing) -> Resource:
    """The insurance."""
    return {
        "active": payer.is_active,
        "type": [concept(ORGANIZATION_TYPE, "pay", "Payer")],
        "name": payer.name,
    }


@writes(Policy, "Coverage", rows=Policy.objects.with_payer)
def write_policy(policy: Policy, writing: Writing) -> Resource:
    """Whose number it is and from when to when; a policy that has run out is cancelled (fm-status)."""
    has_ended = policy.valid_until is not None and policy.valid_until < timezone.localdate()
    return {
        "status": "cancelled" if has_ended else "active",
        "subscriberId": policy.member_number,
        "beneficiary": writing.reference_to(PatientProfile, policy.patient_id),
        "period": {"start": policy.valid_from, "end": policy.valid_until},
        "payor": [writing.reference(policy.payer, policy.payer.name)],
        "order": policy.priority,
    }
