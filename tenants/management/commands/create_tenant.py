"""`create_tenant` of django-tenants, refused."""

from tenants.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Clinics are signed up, schema names are generated (law 4)."""

    sentence = "Clinics are signed up on the platform's site, where their schema is named and made for them."
