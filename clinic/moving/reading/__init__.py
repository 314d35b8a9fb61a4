"""Reading tables as they come: what encoding, which separator, how dates and amounts are written."""

from clinic.moving.reading.shape import DATE_ORDERS, ENCODINGS, SEPARATORS, Shape
from clinic.moving.reading.sheet import Sheet, read

__all__ = ["DATE_ORDERS", "ENCODINGS", "SEPARATORS", "Shape", "Sheet", "read"]
