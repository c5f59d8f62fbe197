"""Rules that watch usage: what they watch, when they fire, and who is told."""
