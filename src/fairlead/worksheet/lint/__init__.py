"""What a listener would stumble over in a story: rules, findings, and how they are told."""
