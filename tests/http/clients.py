"""Strangers who send the public booking form to the real site."""

from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

# Any: what the browser got as a cookie and what the form sends only have to agree.
CSRF = "c" * 32


class Answer(NamedTuple):
    """What came back."""

    status: int
    location: str
    text: str


class Booking(NamedTuple):
    """A filled-in form for one of a doctor's times."""

    host: str
    doctor: UUID
    starts_at: str
    name: str
    key: str

    def send(self, port: int) -> Answer:
        """Send it, as a browser would; raises ConnectionError when nobody answers."""
        fields = {
            "csrfmiddlewaretoken": CSRF,
            "idempotency_key": self.key,
            "starts_at": self.starts_at,
            "given_name": self.name,
            "email": f"{self.name.lower()}@people.example",
            "date_of_birth": "1990-02-03",
        }
        headers = {
            "Host": f"{self.host}:{port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrf={CSRF}",
        }
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        path = reverse("scheduling:request_appointment", args=[self.doctor])
        try:
            connection.request("POST", path, urlencode(fields), headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers.get("Location", ""), response.read().decode())
        finally:
            connection.close()
