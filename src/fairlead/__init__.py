"""Fairlead leads a change to every machine it must reach along the shortest line that is safe."""

__version__ = "0.1.0"
