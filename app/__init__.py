"""The marketplace: who trades, and what happens between them."""
