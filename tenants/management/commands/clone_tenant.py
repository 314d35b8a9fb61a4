"""`clone_tenant` of django-tenants, refused."""

from tenants.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Never adopt (law 5)."""

    sentence = "A clinic is not cloned: sign up a new one on the platform's site."
