"""Two files of one person: what tells them, what refers to a file, and how rows change hands and back."""
