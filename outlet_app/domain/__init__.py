"""What things are: documents, findings, registrations, failure codes. Pure: no clock, no I/O."""
