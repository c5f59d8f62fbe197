"""Signing in by an OpenID Connect provider, where one is set."""
