"""What could be saved, what was wasted, and what stands out: computed from sums, each provable."""
