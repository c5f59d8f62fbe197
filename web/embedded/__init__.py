"""Servers that Livemeter brings along, so that it runs where nothing is installed."""
