"""Who uses the platform: people, their seats in companies, operators, sign-in, sessions, API keys and claims."""
