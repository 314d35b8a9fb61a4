"""The demo: two believable clinics, made with the product's own services through time."""
