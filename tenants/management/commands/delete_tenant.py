"""`delete_tenant` of django-tenants, refused."""

from tenants.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Never drop (law 5)."""

    sentence = "A clinic is never deleted: close it in the platform's administration. Its records are kept."
