"""Shared fixtures: repositories that tests build with the real git."""
