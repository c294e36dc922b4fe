"""What things are: documents, findings, registrations, failure codes. Standard library only, no clock, no I/O."""
