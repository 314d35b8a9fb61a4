"""The pages of the whole record, and of who looked at it."""

from records.chart.views.access import portal_access
from records.chart.views.charts import chart

__all__ = ["chart", "portal_access"]
