"""Taking files in: mails, customers, tickets, snippets. A second run adds nothing; a stopped one loses nothing."""
