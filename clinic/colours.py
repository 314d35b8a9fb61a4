"""Colours that can be read: contrast as WCAG 2.2 measures it, and what follows from a clinic's colour.

Sources: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and #dfn-contrast-ratio. What the pages make of
the colour for text, lines and buttons in both themes is in static/css/clinic.css, legible for every hue.
"""

BLACK, WHITE = "#000000", "#ffffff"
# For text of any size (WCAG 2.2, 1.4.3, level AA).
LEGIBLE = 4.5


def contrast(one: str, other: str) -> float:
    """How far two colours (#rrggbb) stand apart: 1 for the same, 21 for black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The light a colour (#rrggbb) gives off, 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(ground: str) -> str:
    """Black or white, whichever is read better on `ground`: one of the two always has 4.5:1."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, ground))


def ink_for_paper(colour: str) -> str:
    """The colour as text on white paper: darkened until it is legible, kept where it is already."""
    parts = _parts(colour)
    for step in range(100, -1, -5):
        darkened = "#" + "".join(f"{part * step // 100:02x}" for part in parts)
        if contrast(darkened, WHITE) >= LEGIBLE:
            return darkened
    return BLACK


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
