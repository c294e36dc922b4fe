"""The use case of a registration: the journey and the only way into the queue."""
