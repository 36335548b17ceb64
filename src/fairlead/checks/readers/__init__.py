"""Reading what other tools write: each format a module with one function, ``read``.

Each raises FairleadError when the report doesn't show that its tool looked at anything.
"""
