"""Documents that people already have: read into stories and principles, and given back with edits."""
