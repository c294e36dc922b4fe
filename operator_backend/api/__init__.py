"""The operator's HTTP interface (docs/contract.md)."""
