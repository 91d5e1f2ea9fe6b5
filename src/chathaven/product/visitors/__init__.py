"""People who ask: start, recognise, identify."""
