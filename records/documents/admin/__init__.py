"""Records and papers in the clinic's admin: to look up; papers are decided on."""

from records.documents.admin import papers, records

__all__ = ["papers", "records"]
