"""What companies agree on: terms, the data processing agreement, who else takes part."""
