"""What a clinic itself knows of medicines, beside the platform's list and in the same shape."""

from django.utils.translation import gettext_lazy as _

from records.terminology.models.medicine import BaseInteraction, BaseMedicineName, BaseSubstance


class ClinicSubstance(BaseSubstance):
    """The clinic's substances: added to the platform's; classes of both count."""

    class Meta(BaseSubstance.Meta):
        verbose_name = _("substance of the clinic")
        verbose_name_plural = _("substances of the clinic")


class ClinicMedicineName(BaseMedicineName):
    """The clinic's names: where both lists know one, the clinic's counts (brands differ by country)."""

    class Meta(BaseMedicineName.Meta):
        verbose_name = _("medicine’s name in the clinic")
        verbose_name_plural = _("medicines’ names in the clinic")


class ClinicInteraction(BaseInteraction):
    """The clinic's interactions: added to the platform's, the graver counts."""

    class Meta(BaseInteraction.Meta):
        verbose_name = _("interaction of the clinic")
        verbose_name_plural = _("interactions of the clinic")
