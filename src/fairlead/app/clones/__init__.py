"""Repositories that lie elsewhere: which addresses may be asked, and copies of what is there."""
