"""Suppliers for a need: matching, previewing a match, and search, over HTTP."""
