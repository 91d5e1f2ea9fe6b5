"""A new company's first minute: account, owner and first site."""
