"""One module per kind of source that measurements are read from."""
