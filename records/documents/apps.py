"""The app of records and papers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Health records with files; licences and papers with their verification."""

    name = "records.documents"
    label = "documents"
    verbose_name = _("documents")
