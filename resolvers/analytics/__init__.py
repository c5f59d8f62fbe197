"""Questions about usage: totals, timelines, breakdowns, adoption."""
