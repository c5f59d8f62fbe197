"""Alerts: where they are sent, and how they get there."""
