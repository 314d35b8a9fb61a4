"""What is typed into the books, and what their lists show."""

from billing.books.forms.categories import AddCategoryForm, UpdateCategoryForm
from billing.books.forms.entries import EntryFilter, EntryForm
from billing.books.forms.reports import CloseMonthForm, PolicyForm, ReportFilter

__all__ = [
    "AddCategoryForm",
    "CloseMonthForm",
    "EntryFilter",
    "EntryForm",
    "PolicyForm",
    "ReportFilter",
    "UpdateCategoryForm",
]
