"""What outlet and operator say to each other: exact bytes, signatures, test vectors (docs/contract.md)."""
