"""The projects of a tree, and the interpreter and packages that each one's code is executed with."""
