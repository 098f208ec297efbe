"""Words of the trade that this installation adds to the shipped tables, and what its own catalogue suggests."""
