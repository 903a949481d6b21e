"""Every figure that the project claims, printed by a command, with its peer and its limit in the same run."""
