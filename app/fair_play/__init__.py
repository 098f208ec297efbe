"""Fair play: reports of junk, quotas, repeated demands, blocked firms, and who saw which telephone number."""
