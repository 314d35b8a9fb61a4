"""What a favourite is called."""

from clinic.forms import ModelForm
from records.models import Favourite


class FavouriteForm(ModelForm):
    """The name of a favourite."""

    class Meta:
        model = Favourite
        fields = ("name",)
