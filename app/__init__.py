"""Quartet on the outside: GitHub, the command line, configuration, publishing."""

__version__ = "0.1.0"
