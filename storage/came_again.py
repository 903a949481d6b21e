"""Which messages are contact that a customer makes, as a condition; by itself, since who reads it wants no more."""

# Who comes again of their own accord makes contact again; an answer to a question of ours is no new contact, so that
# a message behind one of ours doesn't count. By customer where that is known (a second ticket is a second contact).
CONTACT = """n.kind IN ('inbound', 'call') AND (
    SELECT p.kind FROM message p WHERE p.ticket_id = n.ticket_id
    AND (p.kind IN ('inbound', 'call') OR p.kind = 'outbound' AND p.automatic = '')
    AND (p.at, p.id) < (n.at, n.id) ORDER BY p.at DESC, p.id DESC LIMIT 1) IS NOT 'outbound'"""
