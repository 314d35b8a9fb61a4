"""The counters of rate limits: keys that cannot meet across clinics, values that are nothing but values."""

import base64
import io
import pickle
from collections.abc import Iterable
from typing import Any, NoReturn

from django.core.cache.backends.db import DatabaseCache
from django.utils import timezone

from clinic.db.current import connection

# A log-in is one for all clinics, so its failed attempts are counted in one place for all of them.
OF_LOGINS = "allauth:"


def schema_key(key: str, key_prefix: str, version: int) -> str:
    """The cache key `key` of the schema that the connection is set to."""
    schema = "public" if key.startswith(OF_LOGINS) else connection.schema_name
    return f"{schema}:{key_prefix}:{version}:{key}"


class PlainCache(DatabaseCache):
    """Django's cache in a table, of numbers, texts and lists of them only.

    Its table can be written by each clinic's role, and Django pickles: whoever could write there would run
    what they like in the site. Here a value that names any class counts as if it were not there.
    """

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """What is known and has not expired."""
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not asked:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT cache_key, value FROM clinic_cache WHERE cache_key = ANY (%s) AND expires > %s",
                [list(asked), timezone.now()],
            )
            found = {asked[key]: _plain(value) for key, value in cursor.fetchall()}
        return {key: value for key, value in found.items() if value is not None}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is no plain value")


def _plain(value: str) -> Any:
    """The value, or None for what is no plain one."""
    try:
        return _Unpickler(io.BytesIO(base64.b64decode(value))).load()
    except (pickle.UnpicklingError, ValueError, EOFError, IndexError, KeyError, AttributeError, TypeError):
        return None
