"""The proof of erasure: plant people, use the product, search everything, erase, search again."""
