"""Queries that every request asks: put together and compiled once, then only filled in.

Django takes longer to write the query that finds who asks than PostgreSQL to answer it. What is kept says
nothing of a clinic or a person: path, role and values travel with each message as ever.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler


class Statement(NamedTuple):
    """What was compiled; `places` are those of its parameters that are filled in, by name."""

    compiled: SQLCompiler
    text: str
    params: tuple[Any, ...]
    places: Mapping[int, str]


class Prepared:
    """`build(**values)` makes the query; `marks` are values of the same types, which stand for later ones.

    Each mark must be a value that the query has nowhere else, and reach PostgreSQL as it is given.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], **marks: Any) -> None:
        self._build = build
        self._marks = marks
        self._statement: Statement | None = None

    def rows(self, **values: Any) -> list[Any]:
        """What the query finds with these values, as the objects it is made of; one statement."""
        if self._statement is None:
            self._statement = self._compiled()
        known = self._statement
        params = [
            values[known.places[place]] if place in known.places else param
            for place, param in enumerate(known.params)
        ]
        filled = Filled(known.compiled, known.text, tuple(params))
        return list(QuerySet(known.compiled.query.model, cast("Any", filled), DEFAULT_DB_ALIAS))

    def _compiled(self) -> Statement:
        compiler = self._build(**self._marks).query.get_compiler(DEFAULT_DB_ALIAS)
        text, params = compiler.as_sql()
        names = {(type(mark), mark): name for name, mark in self._marks.items()}
        places = {
            place: names[type(param), param]
            for place, param in enumerate(params)
            if (type(param), param) in names
        }
        if set(places.values()) != set(self._marks):
            raise ImproperlyConfigured(f"Not every value of the query is found in it again: {text}")
        return Statement(compiler, text, tuple(params), places)


class Filled(SQLCompiler):
    """The compiled query with other values; also what a QuerySet takes for its query."""

    def __init__(self, compiled: SQLCompiler, text: str, params: tuple[Any, ...]) -> None:
        self.__dict__.update(compiled.__dict__)
        self.connection = connections[DEFAULT_DB_ALIAS]
        self._filled = text, params

    def as_sql(self, *_args: Any, **_kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        """The text as it was compiled, with these values."""
        return self._filled

    def get_compiler(self, *_args: Any, **_kwargs: Any) -> SQLCompiler:
        """This one."""
        return self
