"""What the demo's doctors find, by its code, and the texts they write again and again."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.members.models import Member
from clinic.demo.scene import Scene
from records.models import Consultation
from records.services import add_diagnosis, add_text_template

# Older visits go without: the demo is to be there soon.
WEEKS = 5


def diagnose(scene: Scene, consultation: Consultation, case: dict[str, Any], *, by: Member) -> None:
    """The codes of the case, the main one first."""
    if scene.today - timezone.localdate() < timedelta(weeks=WEEKS):
        for code in case.get("codes", ()):
            add_diagnosis(consultation, by=by, code=code)


def write_templates(scene: Scene) -> None:
    """The clinic's text templates."""
    for text_template in scene.texts["text_templates"]:
        add_text_template(by=None, **text_template)
