"""The plan (which checks run, and why) and the verdict."""
