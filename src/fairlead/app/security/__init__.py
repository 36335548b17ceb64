"""Who may ask what of a running platform: tokens, sessions, hosts, forms, the size of requests."""
