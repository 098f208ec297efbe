"""What the `lianqiao` command does, one module a group of commands."""
