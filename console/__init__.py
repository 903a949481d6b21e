"""The process: start, first paint, the application and its commands. Nothing is imported or made here."""
