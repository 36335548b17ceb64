"""STAR stories, leadership principles and questions: a folder of plain text that the user owns."""
