"""The registry: companies keyed by unified social credit code, and what is derived of them."""
