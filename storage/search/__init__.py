"""Finding a customer by anything: the look-up tables, how they are kept, how they are asked."""
