"""A clinic's own words for its messages: each change is a new version, and none is ever lost."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, one_of
from clinic.notifications.kinds import label_of
from clinic.notifications.models import Channel

LETTER_PARTS = ("subject", "opening", "closing")
SMS_PARTS = ("text",)


def parts_of(channel: str) -> tuple[str, ...]:
    """What a clinic words itself: a text message whole, of a letter what stands around the facts."""
    return SMS_PARTS if channel == Channel.SMS else LETTER_PARTS


class MessageTextQuerySet(EntityQuerySet):
    """Words for texts."""

    def versions(self, kind: str, channel: str, language: str) -> Self:
        """All that a message has said, the present words first."""
        return self.filter(kind=kind, channel=channel, language=language).order_by("-version")

    def current(self) -> Self:
        """The last version of each text."""
        latest = self.order_by("kind", "channel", "language", "-version")
        return latest.distinct("kind", "channel", "language")


class MessageText(Entity):
    """One version of the words of a kind of message in a language; empty parts are said in ours."""

    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=8)
    version = models.PositiveSmallIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    opening = models.CharField(_("first paragraph"), max_length=1000, blank=True)
    closing = models.CharField(_("last paragraph"), max_length=1000, blank=True)
    text = models.CharField(_("text"), max_length=480, blank=True)
    # Whoever wrote it, as they were called then; the audit trail knows them by their key.
    author = models.CharField(_("written by"), max_length=200, blank=True)

    objects: ClassVar = MessageTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        ordering = ("kind", "channel", "language", "-version")
        constraints = (
            one_of("channel", Channel, "message_text_channel"),
            models.UniqueConstraint(
                fields=["kind", "channel", "language", "version"],
                name="message_text_version",
                violation_error_message=_("Somebody else has just changed this text. Open it again."),
            ),
            models.CheckConstraint(
                condition=models.Q(channel="sms", subject="", opening="", closing="")
                | models.Q(channel="email", text=""),
                name="message_text_parts",
                violation_error_message=_("A letter has a subject and paragraphs, a text message one text."),
            ),
            models.CheckConstraint(
                condition=~models.Q(subject__regex=r"[\r\n]"),
                name="message_text_subject",
                violation_error_message=_("Write the subject on one line."),
            ),
        )

    def __str__(self) -> str:
        return f"{label_of(self.kind)} ({self.get_channel_display()}, {self.language}) {self.version}"

    @property
    def words(self) -> Mapping[str, str]:
        """Its parts by their names."""
        return {part: getattr(self, part) for part in parts_of(self.channel)}

    @property
    def is_own(self) -> bool:
        """Whether anything in it is the clinic's own."""
        return any(self.words.values())

    @property
    def key(self) -> str:
        """How the clinic's row names it (Organization.own_texts)."""
        return key_of(self.kind, self.channel, self.language)


def key_of(kind: str, channel: str, language: str) -> str:
    """The name of a text that has words of its own."""
    return f"{kind}/{channel}/{language}"


def has_own(organization: Any, kind: str, channel: str, language: str) -> bool:
    """Whether the clinic words this message itself; the platform's letters are never worded anew."""
    return key_of(kind, channel, language) in getattr(organization, "own_texts", ())
