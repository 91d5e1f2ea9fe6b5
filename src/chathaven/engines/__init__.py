"""How it runs. No word of the product in here."""
