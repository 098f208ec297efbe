"""Leads: the sales pipeline of a team, filled by scans and by demands that suit it."""
