"""Codes that a telephone's camera reads."""

import base64

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage


def qr_code(text: str) -> str:
    """The QR code (ISO/IEC 18004) of `text` as SVG with its quiet margin; up to 15 % of it may be lost."""
    code = qrcode.make(text, image_factory=SvgPathImage, error_correction=ERROR_CORRECT_M, border=4)
    return code.to_string(encoding="unicode")


def qr_image(text: str) -> str:
    """The same as the address of an image, for a page."""
    return f"data:image/svg+xml;base64,{base64.b64encode(qr_code(text).encode()).decode()}"
