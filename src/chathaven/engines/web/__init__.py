"""The web edge: problems, headers, limits, sessions."""
