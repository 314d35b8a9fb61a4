"""`create_missing_schemas` of django-tenants, refused."""

from tenants.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Provisioning makes schemas (law 5)."""

    sentence = "The worker makes the schemas of clinics that are being set up: see that it runs."
