"""Helpdesks in the workspace: what they tell comes in, and what is done here is put into words for them."""
