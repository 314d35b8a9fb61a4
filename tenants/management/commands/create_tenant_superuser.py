"""`create_tenant_superuser` of django-tenants, refused."""

from tenants.management.refused import RefusedCommand


class Command(RefusedCommand):
    """A superuser opens no clinic (law 8)."""

    sentence = (
        "Superusers belong to the platform: use createsuperuser, and enter a clinic by a support session."
    )
