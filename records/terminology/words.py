"""How the name of a medicine is compared: without case, accents, hyphens and marks."""

import unicodedata

# What stands between two medicines of one line: "paracetamol + codeine", "80/480", "(as sodium)".
BETWEEN = frozenset("+/&;,()[]")
LONGEST_NAME = 200


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case without accents; each sign of BETWEEN is a word of its own.

    Letters that are written with signs (Devanagari, Arabic) keep those that are no accents. A comma or a
    point between two digits belongs to the number.
    """
    plain = unicodedata.normalize("NFKC", text.replace("®", " ").replace("™", " ").replace("ı", "i"))
    plain = unicodedata.normalize("NFKD", plain.casefold().replace("ß", "ss").replace("ø", "o"))
    letters = [letter for letter in plain if unicodedata.category(letter) != "Cf"]
    return "".join(_sign(letters, place) for place in range(len(letters))).split()


def _sign(letters: list[str], place: int) -> str:
    letter = letters[place]
    if unicodedata.combining(letter) or letter in "'’‘`´":
        return ""
    if unicodedata.category(letter)[0] in "LMN" or letter == "%":
        return letter
    if letter in ".," and _is_digit(letters, place - 1) and _is_digit(letters, place + 1):
        return "."
    return f" {letter} " if letter in BETWEEN else " "


def _is_digit(letters: list[str], place: int) -> bool:
    return 0 <= place < len(letters) and letters[place].isdigit()


def key_of(text: str) -> str:
    """The one spelling under which a name is found: "Co-Amoxiclav®" is "co amoxiclav"."""
    return " ".join(word for word in words_of(text) if word not in BETWEEN)
