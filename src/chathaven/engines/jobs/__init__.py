"""Work that happens after the answer, queued in the same transaction."""
