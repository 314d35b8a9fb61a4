"""The site's connection, under the type it has."""

from typing import TYPE_CHECKING, cast

from django import db

if TYPE_CHECKING:
    from clinic.db.base import DatabaseWrapper

connection = cast("DatabaseWrapper", db.connection)
