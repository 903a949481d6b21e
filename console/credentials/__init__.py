"""Where secrets come from, one rung after the other, and how a token that expires is made anew."""
