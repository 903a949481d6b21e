"""The numbers of the live board: what each of them means, and one reading of all of them."""
