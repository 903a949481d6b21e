"""Rules of the craft as pure functions: no input, no output, nothing of ours imported from above."""
