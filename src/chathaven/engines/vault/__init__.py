"""Keys, sealing, blind indexes."""
