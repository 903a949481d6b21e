"""Drawing only: data comes as frozen dataclasses, deeds leave as messages."""
