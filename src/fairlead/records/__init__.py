"""Everything that is known of each change: repositories, revisions, plans, runs and verdicts."""
