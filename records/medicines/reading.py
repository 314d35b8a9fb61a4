"""Reading what a person typed: which known substances it names, and what of it nobody knows.

Every word has to be accounted for. What is neither a known name nor one of the words that say form, salt or
strength is left over, and said to be unchecked.
"""

import re
from dataclasses import dataclass

from records.medicines.lists import Kind, Lists
from records.terminology.words import BETWEEN, words_of

MOST_WORDS_OF_A_NAME = 6
_FORMS = """
tablet tablets tab tabs caplet caplets capsule capsules cap caps pill pills lozenge lozenges film coated
enteric ec dispersible chewable effervescent soluble orodispersible sublingual buccal oral modified
prolonged slow extended sustained immediate release mr sr xr er xl cr la ir retard depot
syrup suspension solution mixture elixir drop drops linctus sachet sachets powder granules
injection injectable infusion ampoule ampoules vial vials iv im sc intravenous subcutaneous
cream ointment gel lotion shampoo foam paste patch patches plaster plasters topical dermal skin
inhaler inhalation inhaled nebuliser nebulizer nebules turbohaler accuhaler puffer evohaler hfa dpi mdi
nasal nose spray eye ear eyes ears mouth throat rectal vaginal suppository suppositories pessary
pessaries globules globuli pellets pillules pilules pillule dilution trituration potency potentised
homeopathic homoeopathic remedy medicine generic brand bp usp ph eur adult adults child children
paediatric pediatric infant infants junior low high dose strong mild forte pack packet
bottle tube prefilled daily weekly of for the in per as
"""
_SALTS = """
sodium disodium hydrochloride dihydrochloride hcl hydrobromide hbr bromide
chloride sulfate sulphate maleate fumarate tartrate succinate besilate besylate mesilate mesylate
phosphate citrate acetate gluconate nitrate trihydrate monohydrate dihydrate hemihydrate hydrate
anhydrous axetil proxetil medoxomil cilexetil etexilate propionate dipropionate furoate valerate
xinafoate butyrate acetonide erbumine arginine epolamine diethylamine lysine tosilate tosylate
pivoxil stearate ethylsuccinate estolate benzoate embonate pamoate lactate picosulfate bitartrate
base natrium
"""
_ABOUT_ALLERGIES = """
allergy allergies allergic hypersensitivity intolerance to drug drugs medicines group family class type
products derivatives any all known
"""
FORMS = frozenset(_FORMS.split())
SALTS = frozenset(_SALTS.split())
ABOUT_ALLERGIES = frozenset(_ABOUT_ALLERGIES.split())
# Salts of the name before them, and medicines where they stand alone.
MINERALS = frozenset(("potassium", "calcium", "magnesium", "kalium"))
JOINING = BETWEEN | {"and", "with", "und", "et", "y"}
UNITS = (
    "mg|g|kg|mcg|µg|μg|ug|ng|ml|l|dl|cl|iu|ie|ui|u|units?|miu|mmol|meq|mm|cm|%|percent|micrograms?|milligrams?|"
    "grams?|millilitres?|milliliters?|litres?|liters?|international|w|v|h|hr|hrs|hours?|actuation|dose|doses"
)
NUMBER = re.compile(rf"[\d.]+(?:{UNITS})?|{UNITS}")
# C30, 30C, D6, 6X, 200CH, 30K, LM6, 1M, CM: how homoeopathic potencies are written, in one word or in two.
POTENCY = re.compile(r"(?:lm|ch|[cdxq])\d{1,5}|\d{1,6}(?:ch?|ck|k|x|dh?|mk?|cm|lm|q)")
POTENCY_IN_TWO = re.compile(r"(?:lm|ch|[cdxq]) \d{1,5}|\d{1,6} (?:ch?|ck|k|x|dh?|mk?|cm|lm|q)")


@dataclass(frozen=True)
class Mention:
    """One known name among the words: how it was typed, and the substances it means."""

    typed: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What was understood of a text, and the words nobody knows."""

    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]
    has_potency: bool

    def has_remedy_without_potency(self, lists: Lists) -> bool:
        """Whether a remedy is named that may be a plant or a mother tincture: no potency is given."""
        keys = (key for mention in self.mentions for key in mention.keys)
        return not self.has_potency and any(lists.known[key].kind == Kind.REMEDY for key in keys)


def candidates(text: str) -> set[str]:
    """Every run of words in `text` that might be a name: what to look up."""
    words = [word for word in words_of(text) if word not in BETWEEN]
    spans = range(1, MOST_WORDS_OF_A_NAME + 1)
    return {" ".join(words[at : at + span]) for at in range(len(words)) for span in spans}


def read(text: str, lists: Lists, *, also_neutral: frozenset[str] = frozenset()) -> Reading:
    """Find the longest known names in `text`, from left to right."""
    words = words_of(text)
    mentions: list[Mention] = []
    unknown: list[str] = []
    has_potency, follows_name, place = False, False, 0
    while place < len(words):
        word, (name, length) = words[place], _longest(words, place, lists)
        is_salt = follows_name and word in MINERALS and length <= 1
        potent = _potency(words, place)
        if length and not is_salt:
            mentions.append(Mention(name, lists.means(name)))
        elif not (is_salt or potent or _is_neutral(word) or word in also_neutral):
            unknown.append(word)
        has_potency = has_potency or bool(potent and not length)
        follows_name = bool(length)
        place += length or potent or 1
    return Reading(tuple(mentions), tuple(unknown), has_potency)


def _potency(words: list[str], place: int) -> int:
    """How many words at `place` write a potency: two, one or none."""
    if POTENCY_IN_TWO.fullmatch(" ".join(words[place : place + 2])):
        return 2
    return int(bool(POTENCY.fullmatch(words[place])))


def _is_neutral(word: str) -> bool:
    return word in FORMS or word in SALTS or word in JOINING or bool(NUMBER.fullmatch(word))


def _longest(words: list[str], place: int, lists: Lists) -> tuple[str, int]:
    """The longest known name that begins at `place`, and how many words it takes."""
    best, length, name = "", 0, ""
    for taken, word in enumerate(words[place:], start=1):
        if word in BETWEEN and (taken == 1 or word not in "+/"):
            break
        if word in BETWEEN:
            continue
        name = f"{name} {word}".strip()
        if lists.means(name):
            best, length = name, taken
        if name.count(" ") + 1 >= MOST_WORDS_OF_A_NAME:
            break
    return best, length
