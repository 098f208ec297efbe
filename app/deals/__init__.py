"""Deals: what was awarded, until it is delivered, accepted and rated."""
