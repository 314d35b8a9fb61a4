"""Which addresses may show somebody a page."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.contrib.admin import AdminSite
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import Invitation
from accounts.members.roles import Role, allows
from billing.links import PAY, token_of
from billing.online.models import OnlinePayment
from clinic.access import PUBLIC, SIGNED_IN
from scheduling.models import Appointment, next_free
from tests.sweeps.pages import CLINIC, PLATFORM, Page, pages

NOBODY = "nobody"
FRONT = "front page"
# One of the staff looks at each page, whoever sees most of it first, and a patient where patients may:
# every role's answer to every address is the sweeps' matter (tests/sweeps/test_pages.py).
STAFF = (Role.ADMIN, Role.RECEPTIONIST, Role.DOCTOR, Role.AGENT, Role.CAREGIVER)
CLINICIANS = (Role.DOCTOR, Role.ADMIN)
CLINICAL_ROOMS = {"records", "observations", "documents", "history", "chart"}


class Look(NamedTuple):
    """Who looks at which room's pages."""

    role: str
    room: str

    def __str__(self) -> str:
        return f"{self.room} as {self.role}"


def looks() -> list[Look]:
    """All looks that together see every page of a clinic."""
    return sorted({Look(str(role), room(page)) for page in pages(CLINIC) for role in lookers(page)})


def lookers(page: Page) -> list[str]:
    """Who looks at the page."""
    if page.permission in (None, PUBLIC):
        return [NOBODY]
    staff = CLINICIANS if room(page) in CLINICAL_ROOMS else STAFF
    may = [role for role in staff if page.permission == SIGNED_IN or allows(role, page.permission)]
    patient = [Role.PATIENT] if page.permission == SIGNED_IN or allows(Role.PATIENT, page.permission) else []
    return [*may[:1], *patient]


def room(page: Page) -> str:
    """The namespace of the page's name; allauth's pages have none."""
    return page.name.partition(":")[0] if ":" in page.name else "account"


def of_clinic(look: Look, values: dict[str, Any]) -> Iterator[str]:
    """Each address of a look, the admin's apart, whether there is a page behind it or not."""
    for page in pages(CLINIC):
        if room(page) == look.room and look.role in lookers(page):
            address = page.address(values)
            yield f"{address}{values['times']}" if page.name == "scheduling:request_appointment" else address


def of_platform(values: dict[str, Any]) -> list[str]:
    """The addresses of the platform's site that name no record."""
    return [page.address(values) for page in pages(PLATFORM) if "<" not in page.route]


def apps(site: AdminSite) -> list[str]:
    """The parts into which an admin falls: its front page, and each app's models."""
    return [FRONT, *sorted({model._meta.app_label for model in site._registry})]


def of_admin(site: AdminSite, urlconf: str, app: str) -> list[str]:
    """An admin's front page, or each list of an app; of each model the forms to add one and to change one."""
    found = [reverse("admin:index", urlconf)] if app == FRONT else []
    for model in site._registry:
        if model._meta.app_label != app:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{name}_changelist", urlconf))
        found.append(reverse(f"{name}_add", urlconf))
        if one := model._default_manager.values_list("pk", flat=True).first():
            found.append(reverse(f"{name}_change", urlconf, [one]))
    return found


def secrets(made: SimpleNamespace) -> dict[str, Any]:
    """The world's links that only letters have, and one of its free times."""
    visit = Appointment.objects.get(pk=made.values["appointments"])
    invitation = Invitation.objects.get(pk=made.values["invitations"])
    token = invitation.seal()
    invitation.save()
    slot = next_free([visit.doctor_id])[visit.doctor_id]
    at = timezone.localtime(slot.starts_at).isoformat().replace("+", "%2B")
    links = {"visit": visit.token, "invitation": token, "times": f"?at={at}"}
    return links | _to_pay(made.values["online-payments"])


def _to_pay(online_payment_id: Any) -> dict[str, str]:
    """The links of whoever pays an invoice online."""
    online = OnlinePayment.objects.get(pk=online_payment_id)
    return {"pay": token_of(PAY, online.invoice_id), "at": token_of("online", online.pk)}
