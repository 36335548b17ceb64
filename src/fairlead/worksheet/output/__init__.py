"""Stories, briefs, cue cards and plans as Markdown, HTML and PDF: one document, three writers."""
