"""Data on its way out, for whoever it belongs to: one person's for themselves, the team's for another tool."""
