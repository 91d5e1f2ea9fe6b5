"""What is said: send, read, typing."""
