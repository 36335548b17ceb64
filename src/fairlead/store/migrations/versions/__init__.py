"""One file a step of the tables, in the order that their numbers have."""
