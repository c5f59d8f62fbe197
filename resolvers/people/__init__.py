"""People: how they sign in, and how they come to belong to workspaces."""
