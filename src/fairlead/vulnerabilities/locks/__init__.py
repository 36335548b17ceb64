"""Lock files: which files are locks, and what each kind of them holds."""
