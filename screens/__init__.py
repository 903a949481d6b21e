"""One screen a file; they wire storage to widgets and hold the one registry of actions."""
