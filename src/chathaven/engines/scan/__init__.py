"""Searching every place where data can lie for words that were planted there."""
