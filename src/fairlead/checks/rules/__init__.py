"""What ``fairlead explain`` teaches: why a rule matters, how to mend it, how to silence it honestly."""
