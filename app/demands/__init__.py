"""Demands: what buyers need, as posted and as understood, and their lifecycle."""
