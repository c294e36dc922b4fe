"""The command ``operator-backend``, one file a family of commands."""
