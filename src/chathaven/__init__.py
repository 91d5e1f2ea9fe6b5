"""Chathaven: live chat for your own server, with privacy built into its storage."""

from importlib.metadata import version

__version__ = version("chathaven")
