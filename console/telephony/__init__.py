"""Telephones that tell who rings: a softphone, an exchange, or anything that can send a web request."""
