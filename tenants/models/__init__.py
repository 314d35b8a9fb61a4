"""Clinics, the addresses they are reached at, schemas kept ready for new ones, and support's visits."""

from tenants.models.backup import Backup, Restore
from tenants.models.domain import Domain, DomainClaim, absolute_url
from tenants.models.erasure import Erasure, ErasurePhase
from tenants.models.event import OrganizationEvent
from tenants.models.listing import Listing
from tenants.models.logo import Logo
from tenants.models.names import generated_schema_name
from tenants.models.organization import Organization
from tenants.models.places import Place
from tenants.models.plan import Plan, Subscription
from tenants.models.policy import PlatformPolicy
from tenants.models.schema import ReadySchema, SchemaScript
from tenants.models.support import SupportSession

__all__ = (
    "Backup",
    "Domain",
    "DomainClaim",
    "Erasure",
    "ErasurePhase",
    "Listing",
    "Logo",
    "Organization",
    "OrganizationEvent",
    "Place",
    "Plan",
    "PlatformPolicy",
    "ReadySchema",
    "Restore",
    "SchemaScript",
    "Subscription",
    "SupportSession",
    "absolute_url",
    "generated_schema_name",
)
