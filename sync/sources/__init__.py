"""The sources: each a room that speaks to one kind of service by `sync.protocol.Source`, and knows no database."""
