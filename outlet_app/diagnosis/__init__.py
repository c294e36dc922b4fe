"""The technician's doctor."""
