"""Counting what is tried, so that any number at the same moment are counted one after the other.

A count is one statement of its own, outside the transaction of the form: a form that is refused leaves
nothing behind, and its attempt must.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Tally
from clinic.db.current import connection

# A row that is full is not written, so that whoever goes on trying does not prolong the wait.
TAKE = """
    INSERT INTO accounts_tally AS tally (key, count, ends_at) VALUES (%(key)s, 1, %(ends)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN tally.ends_at <= %(now)s THEN 1 ELSE tally.count + 1 END,
        ends_at = CASE WHEN tally.ends_at <= %(now)s THEN EXCLUDED.ends_at ELSE tally.ends_at END
    WHERE tally.ends_at <= %(now)s OR tally.count < %(most)s
    RETURNING count
"""


def key_of(*facts: str) -> str:
    """The key of a count: it tells nobody without the installation's secret what is counted."""
    return salted_hmac("accounts.tally", "\x1f".join(facts), algorithm="sha256").hexdigest()


def take(key: str, *, most: int, within: timedelta) -> bool:
    """Count one more, unless `most` were counted already since the first of them, `within` this time."""
    now = timezone.now()
    facts = {"key": key, "now": now, "ends": now + within, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, facts)
        return cursor.fetchone() is not None


def give_back(keys: Iterable[str]) -> None:
    """Count one less: what was counted was no failure."""
    Tally.objects.filter(key__in=list(keys), count__gt=0).update(count=F("count") - 1)


def forget(keys: Iterable[str]) -> None:
    """Begin these counts anew."""
    Tally.objects.filter(key__in=list(keys)).update(count=0)


def is_known(key: str) -> bool:
    """Whether anything is counted there still."""
    return Tally.objects.filter(key=key, count__gt=0, ends_at__gt=timezone.now()).exists()
