"""Programs of others beside ours: each runs in an environment of its own, on the same server."""
