"""Text messages: what can be read on every phone."""

import unicodedata

# The letters of GSM 03.38: a message of these holds 160 of them, any other letter makes it 70.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These count twice.
GSM_EXTENSION = frozenset("^{}\\[~]|€")
# What typographers prefer, as phones write it.
PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."})


def legible(text: str) -> str:
    """The text in letters that every phone has, on one line; other scripts stay as they are."""
    plain = "".join(_plain(letter) for letter in " ".join(text.split()).translate(PLAIN))
    return plain if is_gsm(plain) else " ".join(text.split())


def is_gsm(text: str) -> bool:
    """Whether the text is written in the letters of GSM 03.38 alone."""
    return set(text) <= GSM | GSM_EXTENSION


def length(text: str) -> int:
    """How much of a message's 160 places the text takes, if it `is_gsm`."""
    return len(text) + sum(letter in GSM_EXTENSION for letter in text)


def _plain(letter: str) -> str:
    """The letter, or without its accents what is left of it."""
    if letter in GSM or letter in GSM_EXTENSION:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare or letter
