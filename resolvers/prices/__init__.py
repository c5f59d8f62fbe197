"""Prices: the catalogue's history and refresh, workspaces' own prices, repricing."""
