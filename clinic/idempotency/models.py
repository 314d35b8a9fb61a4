"""Which forms were already sent, and where their sender was led."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import EntityQuerySet


class SentForm(models.Model):
    """A form that succeeded: the same key with the same content is answered from here, not done again."""

    key = models.CharField(primary_key=True, max_length=64)
    fingerprint = models.CharField(max_length=64)
    location = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("form sent")
        verbose_name_plural = _("forms sent")
        indexes = (models.Index(fields=["created_at"], name="sent_form_created"),)

    def __str__(self) -> str:
        return self.key
