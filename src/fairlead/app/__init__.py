"""The outside of Fairlead: command line, wiring and the one straight flow of a change."""
