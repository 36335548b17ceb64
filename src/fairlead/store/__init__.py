"""What Fairlead keeps between two runs: where it lies and how it is written."""
