"""What somebody elsewhere wrote about a visit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.history.models.told import Told, of_encounter, titled


class OutsideNote(Told):
    """A text about a visit elsewhere, in its sections (FHIR Composition).

    `sections` are rows of {"title", "text"}: plain text, as it was written.
    """

    encounter = of_encounter()
    title = models.CharField(_("title"), max_length=300)
    reported_status = models.CharField(
        _("as it was told"),
        max_length=20,
        choices=[
            ("preliminary", _("Not signed yet")),
            ("final", _("Final")),
            ("amended", _("Amended")),
        ],
        default="final",
    )
    sections = models.JSONField(_("text"), default=list, editable=False)

    class Meta(Told.Meta):
        verbose_name = _("note from elsewhere")
        verbose_name_plural = _("notes from elsewhere")
        constraints = (
            *Told.Meta.constraints,
            titled("outsidenote"),
            models.CheckConstraint(
                condition=models.Q(reported_status__in=["preliminary", "final", "amended"]),
                name="outsidenote_reported",
                violation_error_message=_("Choose one of the values offered."),
            ),
        )
