"""A mailbox as a source: IMAP in, SMTP out."""
