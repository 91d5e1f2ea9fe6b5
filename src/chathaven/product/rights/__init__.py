"""Requests of people about their data: received, answered in time, closed with a letter."""
