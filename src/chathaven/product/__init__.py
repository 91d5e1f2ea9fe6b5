"""What it does: one folder per subject, standing on a ladder."""
