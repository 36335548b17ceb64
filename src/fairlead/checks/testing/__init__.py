"""Running a project's tests: which of them, under what measurement, and what they did."""
