"""The pages: Jinja2 templates, HTMX, static files."""
