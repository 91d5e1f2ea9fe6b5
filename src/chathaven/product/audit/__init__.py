"""Who did what, and never the content."""
