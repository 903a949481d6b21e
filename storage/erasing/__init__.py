"""Erasing a customer: what there is of them (`traces`), the deed, and cleaning the files behind it (`cleaning`)."""
