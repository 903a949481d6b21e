"""The demo team: a made-up shop with believable people and tickets in every state, the same for the same seed."""
