"""The marketplace: who trades, and what happens between them."""

import os

# Requests are the threads here. A linear-algebra library that starts its own for every small product makes them spin beside
# the search of words: with one thread a match takes two thirds of the time. It reads this when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
