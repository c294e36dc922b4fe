"""Terminal key, operator keys, policy packs, enrolment, PINs."""
