"""For how long this clinic keeps its records."""

from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.erasure.models import Kind, RetentionRule
from clinic.erasure.retention import Rule, law_of
from clinic.models import Refusal, relayed


class Keeping(NamedTuple):
    """What the law asks for and what the clinic has chosen."""

    kind: str
    word: Any
    law: Rule
    years: int


def retentions(*, using: str = "default") -> dict[str, Keeping]:
    """Per kind, for the clinic at hand."""
    country = str(getattr(connection.tenant, "country", ""))
    chosen = dict(RetentionRule.objects.using(using).values_list("kind", "years"))
    laws = {kind: law_of(country, kind) for kind in Kind.values}
    return {
        kind: Keeping(kind, Kind(kind).label, law, max(law.years, chosen.get(kind, 0)))
        for kind, law in laws.items()
    }


@transaction.atomic
def lengthen_retention(*, by: Any, **years: int) -> None:
    """Keep each kind of record longer than the law asks, or again as long as it asks; never shorter."""
    for kind, keeping in retentions().items():
        asked, law = years[kind], keeping.law
        if asked < law.years:
            told = {"years": law.years, "source": law.source}
            raise Refusal(_("The law asks for %(years)s years: %(source)s.") % told, kind)
        if asked == keeping.years:
            continue
        with relayed(RetentionRule):
            RetentionRule.objects.update_or_create(kind=kind, defaults={"years": asked, "least": law.years})
