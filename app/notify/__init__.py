"""Telling people and programs what happened: inbox, e-mail, webhooks."""
