"""Pictures are read as pixels and written anew: what is no pixel (places, names, scripts) stays outside."""

from io import BytesIO
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from clinic.models import Refusal

# A picture of 50 kB may unpack to gigabytes: its size is read before its pixels are.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
THUMBNAIL = (320, 320)
WAYS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "PNG": {"optimize": False},
    "WEBP": {"quality": 95},
}
# What each kind can hold as it is; anything else becomes RGB.
MODES = {
    "JPEG": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"},
    "WEBP": {"RGB", "RGBA"},
}


class Picture(NamedTuple):
    """A picture written anew, and a small one of it (WebP)."""

    content: bytes
    thumbnail: bytes


def draw_logo(content: bytes, largest: tuple[int, int], most_bytes: int) -> bytes:
    """A PNG or JPEG as a PNG that fits into `largest` and `most_bytes`, its pixels alone. Raises Refusal."""
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as opened:
            _check_size(opened)
            ImageOps.exif_transpose(opened, in_place=True)
            whole = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
            return _fitting(whole, largest, most_bytes)
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(_("This is no PNG or JPEG picture, or it is damaged.")) from error


def _fitting(whole: Image.Image, largest: tuple[int, int], most_bytes: int) -> bytes:
    """The picture, drawn smaller until it fits; a logo is simple, a photograph of that size is not."""
    fitting = whole
    fitting.thumbnail(largest)
    while True:
        drawn = BytesIO()
        fitting.save(drawn, "PNG", optimize=True)
        if drawn.tell() <= most_bytes:
            return drawn.getvalue()
        fitting = ImageOps.scale(fitting, 0.75)


def draw_anew(content: bytes, kind: str) -> Picture:
    """The picture without anything but its pixels, upright. `kind`: JPEG, PNG or WEBP. Raises Refusal."""
    try:
        with Image.open(BytesIO(content), formats=[kind]) as opened:
            _check_size(opened)
            return _drawn(opened, kind)
    except Refusal:
        raise
    # Pillow answers to broken files with whatever went wrong inside, zlib's and struct's errors included.
    except Exception as error:
        raise Refusal(_("This picture is damaged, or not what its name says.")) from error


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise Refusal(_("This picture has too many pixels. Up to 40 megapixels can be kept."))
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise Refusal(_("Moving pictures cannot be kept. Send a still one, or a PDF."))


def _drawn(opened: Image.Image, kind: str) -> Picture:
    # In place, here and below where it can be: 40 megapixels are 120 MB, and a copy as much again.
    ImageOps.exif_transpose(opened, in_place=True)
    image: Image.Image = opened
    image.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
    if image.mode not in MODES[kind]:
        image = image.convert("RGBA" if kind != "JPEG" and image.has_transparency_data else "RGB")
    anew = BytesIO()
    image.save(anew, kind, exif=b"", **WAYS[kind])
    return Picture(anew.getvalue(), _small(image))


def _small(image: Image.Image) -> bytes:
    if image.mode == "I;16":
        # Sixteen bits of grey, as X-rays have them; a screen shows eight.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    small = ImageOps.contain(image, THUMBNAIL)
    drawn = BytesIO()
    small.convert("RGBA" if image.has_transparency_data else "RGB").save(drawn, "WEBP", quality=75)
    return drawn.getvalue()
