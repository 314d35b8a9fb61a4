"""How dates and times are written where Django formats them by itself, above all in the administration."""
