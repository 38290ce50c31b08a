"""Bytes that lie, fed to what reads the observed program: decoders, folding, summaries. `make fuzz` runs it."""
