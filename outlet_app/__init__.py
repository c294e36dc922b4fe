"""Real-name registration at the counter: card to operator, exactly once."""

__version__ = "0.1.0"
