"""The type checkers that the check ``types`` can run: each a module with one function, ``look``.

Each raises FairleadError when its output doesn't show that it looked at the project.
"""
