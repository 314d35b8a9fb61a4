"""In which encoding a text was written: by its mark, by what it can be, and last by how its letters fall."""

import codecs

from charset_normalizer import from_bytes

from clinic.moving.reading.shape import ENCODINGS

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# So much of a text is looked at where the whole of it tells nothing more.
SAMPLE = 200_000


def encoding_of(content: bytes) -> tuple[str, str]:
    """The encoding, and what speaks for it: "mark", "valid" or "guess"."""
    for mark, name in MARKS:
        if content.startswith(mark):
            return name, "mark"
    if b"\x00" in content[:SAMPLE]:
        return "utf-16", "guess"
    if _is("utf-8", content):
        return "utf-8", "valid"
    return _eight_bits(content[:SAMPLE]), "guess"


def decoded(content: bytes, encoding: str) -> str:
    """The text, without its mark. What is not of the encoding shows as �, and is found where it stands."""
    if encoding == "utf-8":
        return content.decode("utf-8-sig", "replace")
    if encoding == "utf-16" and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    return content.decode(encoding, "replace")


def _is(encoding: str, content: bytes) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bits(content: bytes) -> str:
    """Western European, if letters with accents stand alone among plain ones; else what is likeliest."""
    if _is("cp1252", content) and _reads_well(content.decode("cp1252")):
        return "cp1252" if any(0x80 <= byte < 0xA0 for byte in content) else "iso-8859-1"
    likeliest = from_bytes(content, cp_isolation=[name for name in ENCODINGS if name != "utf-8"]).best()
    return likeliest.encoding if likeliest and likeliest.encoding in ENCODINGS else "cp1252"


def _reads_well(text: str) -> bool:
    """Whether nearly all that is not plain is a letter between plain ones: é in Renée, not ÈÂÀÍ for ИВАН."""
    found = [place for place, letter in enumerate(text) if ord(letter) > 127]
    good = sum(_is_accented(text, place) for place in found)
    return good >= 0.8 * len(found)


def _is_accented(text: str, place: int) -> bool:
    letter, beside = text[place], text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    return letter in "’‘“”–—…€°ªº«»§" or (letter.isalpha() and any(each.isascii() for each in beside))
