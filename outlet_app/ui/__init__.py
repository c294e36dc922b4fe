"""The kiosk window. The only user of PySide6."""
