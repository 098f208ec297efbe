"""Trade: firms invited to a demand, their questions, quotes compared, awards made and confirmed."""
