"""The pages of the whole record, and of who looked at it."""

from records.chart.views.access import portal_access
from records.chart.views.charts import chart
from records.chart.views.glass import break_glass, broken_glass
from records.chart.views.trail import search_trail, trail_entry

__all__ = ["break_glass", "broken_glass", "chart", "portal_access", "search_trail", "trail_entry"]
