"""Telling who asked that the copy is ready, or is not: within the site and by letter, never what it holds."""

from typing import Any

from django.urls import reverse

from clinic.db.current import connection
from clinic.exports.models import Export, Status, Way
from clinic.inbox.services import notify
from clinic.notifications.services import enqueue


def tell_asker(export: Export) -> None:
    """Tell who asked; nobody when the platform did."""
    reader = export.asked_by
    if reader is None:
        return
    kind = "export_ready" if export.status == Status.READY else "export_failed"
    page = page_of(export)
    # In the portal whoever acts for a patient reads what the patient is told.
    told: Any = export.patient_id if export.way == Way.PORTAL else reader.pk
    notify(kind=kind, to=[told], link=page, about_id=export.pk)
    if not reader.email:
        return
    organization = connection.tenant
    enqueue(
        kind=kind,
        to=reader.email,
        template=f"exports/mail/{kind}.txt",
        context={
            "organization": organization,
            "reader": reader,
            "export": export,
            "url": organization.url(page),
        },
        key=str(export.pk),
        member_id=reader.pk,
        about_id=export.pk,
        language=getattr(reader.profile, "language", ""),
    )


def page_of(export: Export) -> str:
    """The page from which it is fetched."""
    if export.way == Way.PORTAL:
        return reverse("exports:my_data", urlconf="clinic.urls")
    if export.way == Way.CLINIC:
        return reverse("exports:clinic_exports", urlconf="clinic.urls")
    return reverse("exports:patient_exports", args=[export.patient_id], urlconf="clinic.urls")
