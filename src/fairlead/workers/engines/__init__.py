"""The ways in which runs are carried out in the background; only the platform's wiring knows them."""
