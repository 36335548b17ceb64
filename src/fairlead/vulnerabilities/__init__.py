"""Advisories: import, age, and matching them against locked packages."""
