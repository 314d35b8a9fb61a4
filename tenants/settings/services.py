"""What a clinic says of itself. Each change is one entry in its trail, with what stood there before."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from clinic.languages import nearest
from clinic.models import Refusal, relayed
from clinic.pictures import draw_logo
from tenants.models import Logo, Organization
from tenants.models.logo import MOST_BYTES, digest_of
from tenants.services.life import enter_own_step

# As large as a logo is ever shown, on paper at 300 dots an inch; and what is read of an upload at all.
LARGEST_LOGO = (640, 240)
LARGEST_UPLOAD = 5 * 1024 * 1024


@transaction.atomic
def update_contact(organization: Organization, *, by: Any, **facts: Any) -> Organization:
    """Correct name, address, place, e-mail and phone. The directory says the same at once."""
    return _set(organization, "update_contact", facts)


@transaction.atomic
def update_brand(
    organization: Organization, *, by: Any, brand_colour: str, picture: UploadedFile | None = None
) -> Organization:
    """Choose the colour and, if `picture` is given, the logo: a PNG or JPEG, written anew. Raises Refusal."""
    facts = {"brand_colour": brand_colour}
    if picture:
        facts["logo"] = _kept(organization, picture)
    return _set(organization, "update_brand", facts)


@transaction.atomic
def remove_logo(organization: Organization, *, by: Any) -> Organization:
    """Show the clinic's initial again."""
    return _set(organization, "remove_logo", {"logo": ""})


@transaction.atomic
def update_letterhead(organization: Organization, *, by: Any, **facts: Any) -> Organization:
    """Change what papers say beside name and contact; papers made from now on say it."""
    return _set(organization, "update_letterhead", facts)


@transaction.atomic
def update_languages(
    organization: Organization, *, by: Any, locale: str, letter_languages: list[str]
) -> Organization:
    """Choose how dates are written, and the languages of letters: the clinic's own is always one."""
    languages = sorted({*letter_languages, nearest(locale)})
    return _set(organization, "update_languages", {"locale": locale, "letter_languages": languages})


@transaction.atomic
def update_place(organization: Organization, *, by: Any, time_zone: str, currency: str) -> Organization:
    """Correct time zone and currency. Raises Refusal as soon as something was booked or charged by them."""
    for name, value in (("time_zone", time_zone), ("currency", currency)):
        try:
            organization = _set(organization, "update_place", {name: value})
        except Refusal as refusal:
            raise Refusal(refusal.message, name) from refusal
    return organization


def _set(organization: Organization, verb: str, facts: dict[str, Any]) -> Organization:
    """Store what is new among `facts`, and enter it in the trail with what it was."""
    organization = Organization.objects.locked(organization.pk)
    new = {name: value for name, value in facts.items() if getattr(organization, name) != value}
    if not new:
        return organization
    said = "; ".join(f"{name}: {getattr(organization, name)} → {value}" for name, value in new.items())
    for name, value in new.items():
        setattr(organization, name, value)
    with relayed(Organization):
        organization.save(update_fields=list(new))
    enter_own_step(f"{verb}: {said}", organization)
    return organization


def _kept(organization: Organization, upload: UploadedFile) -> str:
    """Keep the picture of an upload, its pixels alone; its name."""
    if (upload.size or 0) > LARGEST_UPLOAD:
        raise Refusal(_("The picture is larger than 5 MB. Send a smaller one."), "picture")
    upload.seek(0)
    try:
        content = draw_logo(upload.read(), LARGEST_LOGO, MOST_BYTES)
    except Refusal as refusal:
        raise Refusal(refusal.message, "picture") from refusal
    logo = Logo(organization=organization, digest=digest_of(content), content=content)
    Logo.objects.insert_unless_taken(logo)
    return logo.digest
