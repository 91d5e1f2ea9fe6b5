"""Sign up, settings."""
