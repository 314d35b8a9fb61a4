"""What is known of medicines: the shape of the platform's list, and of a clinic's own (docs/medicines.md)."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, one_of
from records.terminology.medicine_files import INTERACTIONS, NAMES, SUBSTANCES, Shape
from records.terminology.words import LONGEST_NAME


class SubstanceKind(models.TextChoices):
    """What an entry is."""

    MEDICINE = "medicine", _("Medicine")
    REMEDY = "remedy", _("Remedy")
    CLASS = "class", _("Class")
    ALLERGEN = "allergen", _("Allergen that is no medicine")


class Cross(models.TextChoices):
    """What an allergy to one member of a class means for the others."""

    NOTHING = "", _("Nothing")
    STOP = "stop", _("Stop")
    WARN = "warn", _("Warning")


class InteractionKind(models.TextChoices):
    """What a line is about."""

    INTERACTION = "interaction", _("Taken together")
    ALLERGY = "allergy", _("An allergy to the first")


class InteractionSeverity(models.TextChoices):
    """How grave it is."""

    CONTRAINDICATED = "contraindicated", _("Never together")
    MAJOR = "major", _("Major")
    MODERATE = "moderate", _("Moderate")
    MINOR = "minor", _("Minor")


def _names(label: Any) -> ArrayField:
    return ArrayField(models.CharField(max_length=LONGEST_NAME), verbose_name=label, blank=True, default=list)


class BaseSubstance(Entity):
    """A medicine, a remedy, a class of medicines or an allergen; `key` is its name as it is compared."""

    SHAPE: ClassVar[Shape] = SUBSTANCES

    key = models.CharField(max_length=LONGEST_NAME, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    kind = models.CharField(_("kind"), max_length=10, choices=SubstanceKind.choices)
    classes = _names(_("classes"))
    duplicate = models.BooleanField(_("two at once are one too many"), default=False)
    cross = models.CharField(_("allergy to one means"), max_length=4, choices=Cross.choices, blank=True)
    source = models.CharField(_("source"), max_length=500)

    class Meta:
        abstract = True
        ordering = ("name",)
        constraints = (
            one_of("kind", SubstanceKind, "%(app_label)s_%(class)s_kind"),
            one_of("cross", Cross, "%(app_label)s_%(class)s_cross"),
        )

    def __str__(self) -> str:
        return self.name


class BaseMedicineName(Entity):
    """A synonym, a brand or a combination: what it contains, by the keys of substances."""

    SHAPE: ClassVar[Shape] = NAMES

    key = models.CharField(max_length=LONGEST_NAME, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    means = _names(_("means"))
    source = models.CharField(_("source"), max_length=500)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class BaseInteraction(Entity):
    """What happens when two substances or classes meet, or an allergy to the first meets the second."""

    SHAPE: ClassVar[Shape] = INTERACTIONS

    kind = models.CharField(_("about"), max_length=12, choices=InteractionKind.choices)
    first = models.CharField(_("first"), max_length=LONGEST_NAME)
    second = models.CharField(_("second"), max_length=LONGEST_NAME)
    severity = models.CharField(_("severity"), max_length=16, choices=InteractionSeverity.choices)
    effect = models.CharField(_("effect"), max_length=500)
    advice = models.CharField(_("advice"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=500)

    class Meta:
        abstract = True
        ordering = ("first", "second", "kind")
        constraints = (
            one_of("kind", InteractionKind, "%(app_label)s_%(class)s_kind"),
            one_of("severity", InteractionSeverity, "%(app_label)s_%(class)s_severity"),
            models.UniqueConstraint(fields=["kind", "first", "second"], name="%(app_label)s_%(class)s_once"),
        )

    def __str__(self) -> str:
        return f"{self.first} × {self.second}"


class Substance(BaseSubstance):
    """The platform's substances."""

    class Meta(BaseSubstance.Meta):
        verbose_name = _("substance")
        verbose_name_plural = _("substances")


class MedicineName(BaseMedicineName):
    """The platform's names."""

    class Meta(BaseMedicineName.Meta):
        verbose_name = _("medicine’s name")
        verbose_name_plural = _("medicines’ names")


class Interaction(BaseInteraction):
    """The platform's interactions."""

    class Meta(BaseInteraction.Meta):
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
