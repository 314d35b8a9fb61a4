"""`rename_schema` of django-tenants, refused."""

from tenants.management.refused import RefusedCommand


class Command(RefusedCommand):
    """Schema names are generated and stay (law 4)."""

    sentence = (
        "Schema names are generated and never changed. Change the clinic's name or its address instead."
    )
