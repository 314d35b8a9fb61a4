"""Hospitals and doctors elsewhere: named beside what they did, with no log-in and nothing to do here."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from clinic.models import Entity


def of_import() -> models.ForeignKey:
    """By which import it came; empty where somebody typed it in."""
    return models.ForeignKey(
        "moving.ImportRun",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("brought in by"),
    )


class Elsewhere(Entity):
    """Somebody or some place we know of by an import."""

    phone = models.CharField(_("phone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    street = models.CharField(_("street"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country: Any = CountryField(_("country"), blank=True)
    run = of_import()

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """On one line."""
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town, self.region, self.country.name) if part)


class OutsideOrganization(Elsewhere):
    """A hospital, practice or laboratory elsewhere (FHIR Organization)."""

    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("organization elsewhere")
        verbose_name_plural = _("organizations elsewhere")
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="outside_organization_name",
                violation_error_message=_("Give it a name."),
            ),
        )
        indexes = (models.Index(fields=["name", "id"], name="outside_organization_by_name"),)

    def __str__(self) -> str:
        return self.name


class OutsidePractitioner(Elsewhere):
    """A doctor, nurse or therapist elsewhere (FHIR Practitioner)."""

    title = models.CharField(_("title"), max_length=50, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    specialisation = models.CharField(_("specialisation"), max_length=200, blank=True)
    # Of a licence or register, with the system it belongs to (FHIR Practitioner.identifier).
    number = models.CharField(_("number"), max_length=100, blank=True)
    number_system = models.CharField(_("kind of number"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("practitioner elsewhere")
        verbose_name_plural = _("practitioners elsewhere")
        ordering = ("family_name", "given_name", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(given_name="", family_name=""),
                name="outside_practitioner_name",
                violation_error_message=_("Give a name."),
            ),
        )
        indexes = (
            models.Index(fields=["family_name", "given_name", "id"], name="outside_practitioner_by_name"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The full name as it is written."""
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)
