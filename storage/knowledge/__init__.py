"""What the team knows, as it is kept: known answers, uses of snippets, replies that are alike, tasks."""
