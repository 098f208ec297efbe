"""Speed and quality, reproducible: one command each, results as JSON and a table."""
