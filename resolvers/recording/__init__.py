"""Recording usage: check, normalise, price, and write into the log."""
