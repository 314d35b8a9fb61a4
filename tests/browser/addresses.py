"""Which addresses show somebody a page: asked in the test's own process before the browser goes there."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.contrib.admin import AdminSite
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import Invitation
from accounts.members.roles import Role, allows
from clinic.access import PUBLIC, SIGNED_IN
from scheduling.models import Appointment, next_free
from tests.conftest import ClinicClient
from tests.sweeps.pages import CLINIC, PLATFORM, Page, pages

NOBODY = "nobody"
FRONT = "front page"
# Pages for everybody differ by who looks only in what stands around them.
EVERYBODY = (NOBODY, Role.PATIENT, Role.DOCTOR)


def of_clinic(client: ClinicClient, role: str, values: dict[str, Any]) -> list[str]:
    """The clinic's pages that somebody of the role is shown, the admin's apart."""
    return [page for page in _of_clinic(role, values) if is_page(client, page)]


def _of_clinic(role: str, values: dict[str, Any]) -> Iterator[str]:
    for page in pages(CLINIC):
        if not _may_open(role, page):
            continue
        address = page.address(values)
        yield f"{address}{values['times']}" if page.name == "scheduling:request_appointment" else address


def _may_open(role: str, page: Page) -> bool:
    if page.permission in (None, PUBLIC):
        return role in EVERYBODY
    return role != NOBODY and (page.permission == SIGNED_IN or allows(role, page.permission))


def of_platform(client: ClinicClient, values: dict[str, Any]) -> list[str]:
    """The pages of the platform's site that the browser's owner is shown."""
    return [
        address
        for page in pages(PLATFORM)
        if "<" not in page.route and is_page(client, address := page.address(values))
    ]


def apps(site: AdminSite) -> list[str]:
    """The parts into which an admin falls: its front page, and each app's models."""
    return [FRONT, *sorted({model._meta.app_label for model in site._registry})]


def of_admin(client: ClinicClient, site: AdminSite, urlconf: str, app: str) -> list[str]:
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
    return [address for address in found if is_page(client, address)]


def is_page(client: ClinicClient, address: str) -> bool:
    """Whether the address answers with a page to look at: neither a file nor a part for htmx."""
    answer = client.get(address)
    return answer.status_code == 200 and b"</html>" in answer.content


def secrets(made: SimpleNamespace) -> dict[str, Any]:
    """The world's links that only letters have, and one of its free times."""
    visit = Appointment.objects.get(pk=made.values["appointments"])
    invitation = Invitation.objects.get(pk=made.values["invitations"])
    token = invitation.seal()
    invitation.save()
    slot = next_free([visit.doctor_id])[visit.doctor_id]
    at = timezone.localtime(slot.starts_at).isoformat().replace("+", "%2B")
    return {"visit": visit.token, "invitation": token, "times": f"?at={at}"}
