"""The HTTP API: what a program can ask of a platform and tell it."""
