"""FHIR Organization ← the clinic itself. Organizations of elsewhere are left to records.history."""

from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing
from tenants.models import Organization


@writes(Organization, "Organization", patient=None)
def write_organization(organization: Organization, writing: Writing) -> Resource:
    """The clinic, as it presents itself."""
    ways = (("phone", organization.phone), ("email", organization.email))
    return {
        "active": organization.status in Organization.SERVED,
        "name": organization.name,
        "telecom": [{"system": system, "value": value} for system, value in ways if value],
        "address": [{"text": organization.address, "country": str(organization.country)}],
    }
