"""What every domain stands on: the database session, errors, identifiers, pagination, the outbox."""
