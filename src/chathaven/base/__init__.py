"""Small words everyone needs. Imports nothing of ours."""
