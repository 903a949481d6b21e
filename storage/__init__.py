"""The workspace on disk: SQLite and the attachments folder. Knows no screen."""
