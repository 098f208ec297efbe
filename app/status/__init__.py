"""Whether the program is alive and ready, and its figures for monitoring."""
