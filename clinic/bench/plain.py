"""What a site of a single clinic would have in the place of TenantMiddleware."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils import timezone, translation

from clinic.db.current import connection
from clinic.http import ClinicRequest
from tenants.middleware import language_of
from tenants.models import Organization


class OneClinicMiddleware:
    """The one clinic, its clock and its language; the connection is where it always is."""

    def __init__(self, get_response: Callable[[ClinicRequest], HttpResponse]) -> None:
        self.get_response = get_response
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            (schema,) = cursor.fetchone()
        self.organization = Organization.objects.get(schema_name=schema)

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        """Answer the request in the clinic."""
        request.organization = request.tenant = connection.tenant = self.organization
        connection.schema_name = self.organization.schema_name
        timezone.activate(self.organization.time_zone)
        translation.activate(language_of(self.organization))
        return self.get_response(request)
