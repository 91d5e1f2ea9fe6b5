"""Files: archives that stream, and files that rest encrypted."""
