"""Everything on one machine: simulated reader, operator and kiosk, each a process, nothing left behind."""
