"""How long things stay, and their going on time (GDPR Art. 5(1)(e))."""
