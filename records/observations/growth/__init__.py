"""How a child grows beside the children of the world: WHO's standards (0-5 years) and reference (5-19)."""
