"""The app of the clinic's books."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BooksConfig(AppConfig):
    """What the clinic earned and spent, by category and month."""

    name = "billing.books"
    label = "books"
    verbose_name = _("books")
