"""The clinic's books: what came in and went out, by category, month by month."""

from billing.books.models.category import Category, Kind, System
from billing.books.models.entry import BookEntry, EntryFile
from billing.books.models.months import BooksPolicy, ClosedMonth, FiscalYear

__all__ = [
    "BookEntry",
    "BooksPolicy",
    "Category",
    "ClosedMonth",
    "EntryFile",
    "FiscalYear",
    "Kind",
    "System",
]
