"""How records leave. The only user of requests."""
