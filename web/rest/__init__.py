"""What GraphQL is no way for: usage by one plain GET, and the log as a file."""
