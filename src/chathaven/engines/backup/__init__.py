"""Backups: a dump without keys, and its way back without those who were erased."""
