"""Requests of people about their data: received, proven, answered in time, and closed."""
