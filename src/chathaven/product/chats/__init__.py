"""One thread between a visitor and operators."""
