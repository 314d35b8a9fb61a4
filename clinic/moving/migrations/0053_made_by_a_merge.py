"""Of two imports that made the two files of one person, one has made the file that stays."""

from django.db import migrations

from clinic.db.operations import passing


class Migration(migrations.Migration):
    """That an import made a file is no longer so once the file went into another, until it is back."""

    dependencies = (("moving", "0052_follow_a_merge"), ("members", "0032_words_of_a_merge"))

    operations = (passing("moving_importedrecord", "members_merge_passes", "created"),)
