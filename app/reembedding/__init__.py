"""From one encoder to another: the indexes are filled anew in the background, and change places with the old ones."""
