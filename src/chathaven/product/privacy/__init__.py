"""What the law promises people: see, take along, correct, erase."""
