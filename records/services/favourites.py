"""What doctors do with what they prescribe again and again."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal, relayed
from records.models import Favourite, FavouriteItem, Prescription
from records.services.prescriptions import open_prescription, save_prescription
from records.services.rights import own

LONGEST_NAME = 100


@transaction.atomic
def add_favourite(
    *, by: Member | None, lines: Sequence[Mapping[str, str]], name: str = "", notes: str = ""
) -> Favourite:
    """Keep `lines` (each with the texts of a medicine's line) as the doctor's favourite.

    Without a name it is called after its first medicine.
    """
    if by is None or not by.may("records.add_favourite"):
        raise Refusal(_("Only a doctor can do this."))
    if not lines:
        raise Refusal(_("Name a medicine first: an empty row cannot become a favourite."))
    name = name.strip() or _called_after(lines)
    with relayed(Favourite):
        kept = Favourite.objects.create(doctor_id=by.pk, name=name, notes=notes)
    with relayed(FavouriteItem):
        for position, texts in enumerate(lines, start=1):
            FavouriteItem.objects.create(favourite=kept, position=position, **texts)
    return kept


@transaction.atomic
def rename_favourite(favourite: Favourite, *, by: Member | None, name: str) -> Favourite:
    """Call a favourite otherwise."""
    own(favourite.doctor_id, by)
    favourite = Favourite.objects.locked(favourite.pk)
    favourite.name = name.strip()
    with relayed(Favourite):
        favourite.save(update_fields=["name"])
    return favourite


@transaction.atomic
def remove_favourite(favourite: Favourite, *, by: Member | None) -> None:
    """Forget a favourite; no prescription changes by it."""
    own(favourite.doctor_id, by)
    favourite = Favourite.objects.locked(favourite.pk)
    favourite.items.all().delete()
    favourite.delete()


@transaction.atomic
def insert_favourite(prescription: Prescription, *, by: Member | None, favourite: Favourite) -> Prescription:
    """Put the favourite's lines below what is on the draft; its notes only where there are none."""
    own(favourite.doctor_id, by)
    lines = [item.texts for item in favourite.items.all()]
    return _append(prescription, by, lines, favourite.notes)


@transaction.atomic
def repeat_last(prescription: Prescription, *, by: Member | None) -> Prescription:
    """Put on the draft what the patient was last given here, whoever prescribed it.

    What was stopped is not repeated: there was a reason.
    """
    last = Prescription.objects.to_repeat(prescription.patient_id).first()
    if last is None:
        raise Refusal(_("Nothing has been prescribed here that could be repeated."))
    return _append(prescription, by, [item.texts for item in last.items.all()])


def _append(
    prescription: Prescription, by: Member | None, lines: Sequence[Mapping[str, str]], notes: str = ""
) -> Prescription:
    prescription = open_prescription(prescription, by)
    present = [item.texts for item in prescription.items.all()]
    more = [line for line in lines if line not in present]
    if not more:
        raise Refusal(_("All of it is on the sheet already."))
    return save_prescription(prescription, by=by, notes=prescription.notes or notes, items=[*present, *more])


def _called_after(lines: Sequence[Mapping[str, str]]) -> str:
    first, others = str(FavouriteItem(**lines[0])), len(lines) - 1
    more = _(" and %(number)s more") % {"number": others} if others else ""
    return f"{first[: LONGEST_NAME - len(more)]}{more}"
