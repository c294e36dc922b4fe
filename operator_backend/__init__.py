"""The operator's side: reference implementation and conformance partner."""
