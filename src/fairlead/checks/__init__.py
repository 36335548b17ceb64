"""The catalogue of checks, one file each, and the runner that evaluates them."""
