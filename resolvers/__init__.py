"""What the fields of the contract do."""
