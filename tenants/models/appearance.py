"""How a clinic shows itself and what its papers and letters say, as its own administrators set it.

It stands in the clinic's row, which every request has at hand; the picture itself does not (Logo).
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.colours import ink_on

DIGEST = "^([0-9a-f]{64})?$"


class Appearance(models.Model):
    """Logo, letterhead and languages of a clinic."""

    brand_colour: Any
    logos: Any

    # The digest of the picture that is shown; empty without one.
    logo = models.CharField(_("logo"), max_length=64, blank=True, default="", editable=False)
    opening_words = models.CharField(
        _("opening words"),
        max_length=160,
        blank=True,
        default="",
        help_text=_("One line under the clinic's name, such as: General practice and paediatrics."),
    )
    registration = models.CharField(
        _("registration"),
        max_length=160,
        blank=True,
        default="",
        help_text=_("Numbers that papers must name: company register, tax, licence."),
    )
    bank_details = models.CharField(
        _("bank account"),
        max_length=300,
        blank=True,
        default="",
        help_text=_("Where invoices are paid to, as it is to be printed."),
    )
    footer_words = models.CharField(
        _("line at the foot"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("On every page of paper. Empty: the clinic's name."),
    )
    # Keys of settings.LANGUAGES, beside the clinic's own; empty: all of them.
    letter_languages = ArrayField(
        models.CharField(max_length=8), verbose_name=_("languages of letters"), default=list, blank=True
    )
    # Which letters have words of the clinic's own (clinic.texts): all others cost no question.
    own_texts = ArrayField(models.CharField(max_length=80), default=list, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def brand_ink(self) -> str:
        """Black or white: what is read on the clinic's colour."""
        return ink_on(self.brand_colour)

    def logo_content(self) -> bytes:
        """The picture (PNG) that is shown; empty, without a question, where there is none."""
        if not self.logo:
            return b""
        found = self.logos.filter(digest=self.logo).values_list("content", flat=True).first()
        return bytes(found or b"")


RULES = (
    models.CheckConstraint(
        condition=models.Q(logo__regex=DIGEST),
        name="organization_logo",
        violation_error_message=_("A logo is named by its digest."),
    ),
)
