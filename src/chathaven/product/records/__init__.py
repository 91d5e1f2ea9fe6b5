"""What must be written down: processing activities (GDPR Art. 30) and breaches (Art. 33)."""
