"""What somebody elsewhere wrote about a visit."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import one_of
from records.history.models.told import Told, of_encounter, titled


class NoteStatus(models.TextChoices):
    """How far the text had come when it was told (FHIR Composition.status)."""

    PRELIMINARY = "preliminary", _("Not signed yet")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Amended")


class OutsideNote(Told):
    """A text about a visit elsewhere, in its sections (FHIR Composition).

    `sections` are rows of {"title", "text"}: plain text, as it was written.
    """

    encounter = of_encounter()
    title = models.CharField(_("title"), max_length=300)
    reported_status = models.CharField(
        _("as it was told"),
        max_length=20,
        choices=NoteStatus.choices,
        default=NoteStatus.FINAL,
    )
    sections = models.JSONField(_("text"), default=list, editable=False)

    class Meta(Told.Meta):
        verbose_name = _("note from elsewhere")
        verbose_name_plural = _("notes from elsewhere")
        constraints = (
            *Told.Meta.constraints,
            titled("outsidenote"),
            one_of("reported_status", NoteStatus, "outsidenote_reported"),
        )
