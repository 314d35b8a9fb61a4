"""How long a clinic has to keep what it has written, by country and kind, each with its source.

A table for a lawyer to check, not legal advice: where a law knows exceptions (radiation, transfusion, work
accidents) or differs by region, the longest common time stands here. Years are counted from the last entry to
the end of that calendar year, which is never shorter than the laws ask.

Compared on 22 November 2026 with what authorities, chambers and lawyers publish: health records of BE
(ordomedic.be), CH (FMH's code; mme.ch), ES (delorenzoabogados.es), GB (the code itself; themdu.com), IE
(medisec.ie), IT (the circular itself, siapec.it), NL (autoriteitpersoonsgegevens.nl), PL (dokmed24.pl), US
(CMS MLN SE1022); accounts of CH (merak.ch), DE (the receipts; akanthus-wpg.de). Nothing was found that day on
health records of AT, DE and FR, and on the other accounts: these stand as they are cited, unverified.
"""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from clinic.erasure.table import ACCOUNTS, CLINICAL


class Rule(NamedTuple):
    """`years` after the last entry; of a child's file at least until the age of `until_age` as well."""

    years: int
    source: str
    until_age: int = 0


NO_RULE = "no rule on file for this country: a cautious default, to be checked by a lawyer"
# Kept where nothing else is known; longer than every rule below for adults' files but the longest.
DEFAULT: Mapping[str, Rule] = MappingProxyType(
    {
        CLINICAL: Rule(20, NO_RULE, 28),
        ACCOUNTS: Rule(10, NO_RULE),
    }
)
_CLINICAL: Mapping[str, Rule] = MappingProxyType(
    {
        "AT": Rule(10, "§ 51 (3) ÄrzteG 1998"),
        "BE": Rule(30, "Art. 35 Loi du 22 avril 2019 (qualité de la pratique): 30 years, at most 50"),
        "CH": Rule(20, "Art. 128a OR (limitation of claims for injury, since 2020); FMH's code asks for 20"),
        "DE": Rule(10, "§ 630f (3) BGB"),
        "ES": Rule(15, "Ley 41/2002 art. 17: 5 years; 15 in Catalonia (Llei 21/2000 art. 12)"),
        "FR": Rule(20, "Art. R1112-7 Code de la santé publique", 28),
        # Of children until 25, of who was 17 at the end until 26.
        "GB": Rule(8, "NHS Records Management Code of Practice 2021, appendix II", 26),
        "IE": Rule(8, "HSE Record Retention Periods 2013 (see the National Records Retention Policy)", 26),
        "IT": Rule(100, "Circ. Min. Sanità 61/1986: hospitals without limit; 100 years here"),
        "NL": Rule(20, "Art. 7:454 (3) BW (WGBO); of children counted from 18, to be cautious", 38),
        "PL": Rule(20, "Art. 29 ustawa o prawach pacjenta: 20 years, of children under two 22", 24),
        "US": Rule(10, "differs by state; 10 years covers Medicare managed care (42 CFR 422.504(d))", 28),
    }
)
_ACCOUNTS: Mapping[str, Rule] = MappingProxyType(
    {
        "AT": Rule(7, "§ 132 BAO"),
        "BE": Rule(10, "Art. 60 § 4 Code TVA: 10 years since 2023"),
        "CH": Rule(10, "Art. 958f OR"),
        "DE": Rule(10, "§ 147 (3) AO: 10 years for books, 8 for receipts"),
        "ES": Rule(6, "Art. 30 Código de Comercio"),
        "FR": Rule(10, "Art. L123-22 Code de commerce"),
        "GB": Rule(6, "Companies Act 2006 s. 388; HMRC VAT Notice 700/21"),
        "IE": Rule(6, "Taxes Consolidation Act 1997 s. 886"),
        "IT": Rule(10, "Art. 2220 Codice civile"),
        "NL": Rule(7, "Art. 52 (4) AWR"),
        "PL": Rule(5, "Art. 74 ustawa o rachunkowości"),
        "US": Rule(7, "26 CFR 1.6001-1; IRS Topic 305: 7 years in the longest case"),
    }
)
LAWS: Mapping[str, Mapping[str, Rule]] = MappingProxyType({CLINICAL: _CLINICAL, ACCOUNTS: _ACCOUNTS})


def law_of(country: str, kind: str) -> Rule:
    """The rule of the clinic's country (ISO 3166, two letters), or the cautious default."""
    return LAWS[kind].get(country, DEFAULT[kind])


def kept_until(
    rule: Rule, last_entry: datetime.date, *, years: int = 0, born: datetime.date | None = None
) -> datetime.date:
    """The last day on which it has to be kept; `years`: the clinic's own, if longer."""
    last = last_entry.year + max(rule.years, years)
    if rule.until_age and born is not None:
        last = max(last, born.year + rule.until_age)
    return datetime.date(last, 12, 31)
