"""People who answer: invite, sign in, availability."""
