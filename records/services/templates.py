"""Which text templates the clinic has, and putting one into a consultation."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal, relayed
from records.models import Consultation, TextTemplate
from records.services.consultations import open_consultation, save_consultation


@transaction.atomic
def add_text_template(*, by: Member | None, **content: Any) -> TextTemplate:
    """Keep a new template; `content`: its fields."""
    return _stored(TextTemplate(), by, "records.add_text_template", content)


@transaction.atomic
def update_text_template(text_template: TextTemplate, *, by: Member | None, **content: Any) -> TextTemplate:
    """Change a template. What was written with it stays as it is."""
    text_template = TextTemplate.objects.locked(text_template.pk)
    return _stored(text_template, by, "records.update_text_template", content)


@transaction.atomic
def remove_text_template(text_template: TextTemplate, *, by: Member | None) -> None:
    """Take a template away. What was written with it stays as it is."""
    _allowed(by, "records.remove_text_template")
    TextTemplate.objects.filter(pk=text_template.pk).delete()


@transaction.atomic
def insert_text_template(
    consultation: Consultation, *, by: Member | None, text_template: TextTemplate
) -> Consultation:
    """Write the template's texts into the consultation: after what is there, never over it."""
    consultation = open_consultation(consultation, by)
    joined: dict[str, Any] = {
        name: "\n".join(filter(None, (getattr(consultation, name), text)))
        for name, text in text_template.texts.items()
    }
    return save_consultation(consultation, by=by, **joined)


def _stored(
    text_template: TextTemplate, by: Member | None, permission: str, content: dict[str, Any]
) -> TextTemplate:
    _allowed(by, permission)
    for name, value in content.items():
        setattr(text_template, name, value.strip())
    if not text_template.name:
        raise Refusal(_("Give the template a name."), "name")
    if not text_template.texts:
        raise Refusal(_("Write at least one text."))
    with relayed(TextTemplate):
        text_template.save()
    return text_template


def _allowed(by: Member | None, permission: str) -> None:
    if by is not None and not by.may(permission):
        raise Refusal(_("Only doctors and administrators keep text templates."))
