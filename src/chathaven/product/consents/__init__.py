"""What people were shown, what they answered, and the proof of both."""
