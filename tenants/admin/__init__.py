"""The platform's administration: clinics are seen, helped, moved along by the services, never deleted."""

from tenants.admin.backups import BackupAdmin, RestoreAdmin
from tenants.admin.base import PlatformAdmin, SeenOnlyAdmin
from tenants.admin.clinics import OrganizationAdmin
from tenants.admin.plans import PlanAdmin, PlatformPolicyAdmin, SubscriptionAdmin

__all__ = (
    "BackupAdmin",
    "OrganizationAdmin",
    "PlanAdmin",
    "PlatformAdmin",
    "PlatformPolicyAdmin",
    "RestoreAdmin",
    "SeenOnlyAdmin",
    "SubscriptionAdmin",
)
