"""Running what takes long in the background, so that every run ends, whatever is killed meanwhile."""
