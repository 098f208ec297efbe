"""The catalogue: listings of the ten production factors, each kind declared once."""
