"""The demo's own words: on papers, and where this clinic reminds its patients in its own way."""

from clinic.demo.scene import Scene
from clinic.texts.services import update_message_text
from clinic.texts.wordings import WORDINGS
from tenants.settings.services import update_letterhead

LETTER = {
    "subject": "See you on {date} – {clinic}",
    "opening": "We look forward to seeing you, {patient}. Please come ten minutes early and bring your card.",
    "closing": "If you cannot come, tell us in time: somebody else is waiting for this time. {phone}",
}
SMS = {"text": "{clinic}: see you on {date} at {time}, {doctor}. Change or cancel: {link}"}


def word_messages(scene: Scene) -> None:
    """The reminder, as this clinic says it in English."""
    for channel, words in (("email", LETTER), ("sms", SMS)):
        reminder = WORDINGS["reminder"]
        update_message_text(reminder, by=scene.admin, channel=channel, language="en", seen=0, **words)


def set_letterhead(scene: Scene) -> None:
    """What this clinic's papers say beside its name and contact."""
    head = scene.plan["letterhead"]
    update_letterhead(scene.organization, by=scene.admin, **head)
