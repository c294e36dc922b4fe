"""How cards are read: frames, sessions, transports, the reader process."""
