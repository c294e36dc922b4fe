"""The operator's side: takes sealed records, answers with signed receipts, says who may do what."""
