"""Notifications as they are read: the sentence in the reader's language, and whether its page is open."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.access import PUBLIC, SIGNED_IN
from clinic.inbox.kinds import FORGOTTEN, KINDS, MOMENTS
from clinic.inbox.models import Notification
from clinic.templatetags.clinic import clock, day_time

# The one who may open the clinic's admin may open every page of it.
ADMINISTER = "members.administer"


class Line(NamedTuple):
    """A notification as the list shows it; `link` is empty when its page is not the reader's to open."""

    notification: Notification
    sentence: str
    icon: str
    tone: str
    when: str
    link: str


def lines(notifications: Iterable[Notification], reader: Any) -> list[Line]:
    """The notifications as `reader` reads them."""
    return [_line(notification, reader) for notification in notifications]


def _line(notification: Notification, reader: Any) -> Line:
    kind = KINDS.get(notification.kind, FORGOTTEN)
    link = notification.link if may_open(reader, notification.link) else ""
    when = moment(notification.created_at)
    return Line(notification, sentence(notification), kind.icon, kind.tone, when, link)


def sentence(notification: Notification) -> str:
    """What happened, in words; times are the clinic's."""
    facts = {
        name: moment(datetime.fromisoformat(fact)) if name in MOMENTS else fact
        for name, fact in notification.facts.items()
    }
    return str(KINDS.get(notification.kind, FORGOTTEN).sentence % facts)


def moment(at: datetime) -> str:
    """A moment as one says it today."""
    away = timezone.localdate(at) - timezone.localdate()
    if away == timedelta():
        return _("today, %(time)s") % {"time": clock(at)}
    if away == timedelta(days=1):
        return _("tomorrow, %(time)s") % {"time": clock(at)}
    return day_time(at)


def may_open(reader: Any, link: str) -> bool:
    """Whether the role table lets `reader` open the page; of the record itself, the page decides."""
    try:
        match = resolve(urlsplit(link).path)
    except Resolver404:
        return False
    if match.namespaces[:1] == ["admin"]:
        return bool(reader.may(ADMINISTER))
    permission = getattr(match.func, "permission", "")
    return permission in (PUBLIC, SIGNED_IN) or reader.may(permission)
