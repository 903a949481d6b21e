"""What a team learns from its own answers: questions that are known, how snippets are really used, what is alike."""
