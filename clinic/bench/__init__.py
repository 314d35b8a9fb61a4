"""What the installation costs, each figure beside its yardstick in the same run (DESIGN section 7)."""
