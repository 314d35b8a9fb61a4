"""What doctors add to what they signed."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal, relayed
from records.models import Addendum, AddendumDraft, Consultation
from records.services.consultations import Overtaken
from records.services.rights import own


@transaction.atomic
def keep_addendum(
    consultation: Consultation, *, by: Member | None, text: str, revision: int | None = None
) -> AddendumDraft:
    """Keep what is typed of an addendum so far; `revision` is the one that was read (0: none yet).

    When another has been kept since, nothing is overwritten (Overtaken).
    """
    own(consultation.doctor_id, by)
    consultation = Consultation.objects.locked(consultation.pk)
    draft = AddendumDraft.objects.filter(consultation=consultation).first() or AddendumDraft(
        consultation=consultation, patient_id=consultation.patient_id
    )
    if draft.text == text:
        return draft
    if revision not in (None, draft.revision):
        raise Overtaken(draft)
    draft.text, draft.revision = text, draft.revision + 1
    with relayed(AddendumDraft):
        draft.save()
    return draft


@transaction.atomic
def add_addendum(
    consultation: Consultation, *, by: Member | None, text: str, revision: int | None = None
) -> Addendum:
    """Add to a signed consultation; both stay for ever.

    What was kept while it was typed goes, unless another window keeps something else there.
    """
    own(consultation.doctor_id, by)
    if not text.strip():
        raise Refusal(_("Write what is to be added."), "text")
    addendum = Addendum(
        consultation_id=consultation.pk, patient_id=consultation.patient_id, author=by, text=text.strip()
    )
    with relayed(Addendum):
        addendum.save(force_insert=True)
    draft = AddendumDraft.objects.filter(consultation=consultation).first()
    if draft and (draft.revision == revision or draft.text.strip() == addendum.text):
        draft.delete()
    return addendum
