"""The statements that empty what is a customer's, table by table: words go, what is counted stays.

The invariant: no row is deleted that a report counts. `:people` and `:tickets` are JSON lists of ids.
"""

_PEOPLE = "(SELECT value FROM json_each(:people))"
_TICKETS = "(SELECT value FROM json_each(:tickets))"
_MESSAGES = "(SELECT value FROM json_each(:messages))"
_RUNS = f"(SELECT id FROM checklist_run WHERE ticket_id IN {_TICKETS})"  # noqa: S608  a term of ours
_NAMED = f"(SELECT message_id FROM message WHERE id IN {_MESSAGES} AND message_id IS NOT NULL)"  # noqa: S608  as above

# In this order: what hangs on something goes before it.
STATEMENTS = tuple(
    statement.format(people=_PEOPLE, tickets=_TICKETS, messages=_MESSAGES, runs=_RUNS, named=_NAMED)
    for statement in (
        # What others answered names the mails that go.
        """UPDATE message SET in_reply_to = NULL WHERE id IN (
            SELECT child_id FROM message_reference WHERE message_id IN {named}) AND in_reply_to IN {named}""",
        "DELETE FROM message_reference WHERE message_id IN {named}",
        """UPDATE message SET sender = '', recipients = '', copies = '', subject = '', body = '', folds = '[]',
            bounce = '', message_id = NULL, in_reply_to = NULL, digest = NULL, raw = NULL, external_id = NULL, html = 0
            WHERE id IN {messages}""",
        "DELETE FROM message_reference WHERE child_id IN {messages}",
        "DELETE FROM remote_file WHERE attachment_id IN (SELECT id FROM attachment WHERE message_id IN {messages})",
        "DELETE FROM attachment WHERE message_id IN {messages}",
        "DELETE FROM remote_ticket WHERE ticket_id IN {tickets}",
        "DELETE FROM remote_step WHERE checklist_key IN (SELECT key FROM checklist WHERE ticket_id IN {tickets})",
        "DELETE FROM checklist WHERE ticket_id IN {tickets}",
        "UPDATE snippet_use SET text = '', inserted = '' WHERE message_id IN {messages} OR ticket_id IN {tickets}",
        "UPDATE rating SET words = '', action = '' WHERE ticket_id IN {tickets} OR message_id IN {messages}",
        """UPDATE promise SET words = '',
            settled_at = CASE WHEN state = 'open' THEN :at ELSE settled_at END,
            state = CASE WHEN state = 'open' THEN 'withdrawn' ELSE state END
            WHERE ticket_id IN {tickets} OR message_id IN {messages}""",
        # Nobody is told of an incident any more.
        "DELETE FROM incident_ticket WHERE ticket_id IN {tickets}",
        "DELETE FROM draft WHERE ticket_id IN {tickets}",
        "DELETE FROM writing WHERE ticket_id IN {tickets}",
        """DELETE FROM form_draft WHERE json_extract(about, '$.customer') IN {people}
            OR EXISTS(SELECT 1 FROM json_each(about, '$.tickets') n WHERE n.value IN {tickets})""",
        "DELETE FROM suggestion WHERE ticket_id IN {tickets} OR other_ticket_id IN {tickets}",
        "UPDATE checklist_tick SET reason = '', text = '' WHERE run_id IN {runs}",
        """UPDATE outbox SET payload = '{{}}', error = '',
            state = CASE WHEN state IN ('sent', 'dropped') THEN state ELSE 'dropped' END
            WHERE ticket_id IN {tickets} OR message_id IN {messages}""",
        """UPDATE ticket SET subject = '(erased)', preview = '', goal = '', summary = '', choice = '', details = '{{}}',
            external_id = NULL, unread = 0, due_at = NULL, warns_at = NULL, promised_at = NULL, snoozed_until = NULL,
            solved_at = CASE WHEN status < 3 THEN :at ELSE solved_at END,
            status = CASE WHEN status < 3 THEN 4 ELSE status END WHERE id IN {tickets}""",
        """UPDATE call SET number = '', caller = '', goal = '', notes = '', outcome = '', follow_up = '',
            external_id = '' WHERE customer_id IN {people} OR ticket_id IN {tickets}""",
        """UPDATE gesture SET reason = '', answer = '' WHERE customer_id IN {people} OR ticket_id IN {tickets}""",
        "UPDATE known_answer SET ticket_id = NULL WHERE ticket_id IN {tickets}",
        "DELETE FROM customer_value WHERE customer_id IN {people}",
        "DELETE FROM no_duplicate WHERE customer_id IN {people} OR other_id IN {people}",
        # They are one for good: whom a record was merged into stays, and nothing can be parted any more.
        "DELETE FROM customer_merge WHERE customer_id IN {people}",
        "DELETE FROM merged_row WHERE customer_id IN {people}",
        """UPDATE customer SET name = :name, organization_id = NULL, since = NULL, plan = '', note = '', mood = 0,
            flags = '[]', details = '{{}}', external_id = NULL WHERE id IN {people}""",
    )
)

# What history may go on saying of an erased ticket: numbers and the team's own names, by the field that was changed.
COUNTED_FIELDS = frozenset({"status", "priority", "assignee", "team", "queue", "snoozed_until", "watch"})
# And by key, of any event.
COUNTED_KEYS = frozenset({"field", "checklist", "step", "draft", "promised_at", "deed", "state"})

EVENTS = f"""
    SELECT id, data FROM event
     WHERE ticket_id IN {_TICKETS} OR customer_id IN {_PEOPLE} OR message_id IN {_MESSAGES}"""  # noqa: S608  terms of ours
RAW_FILES = f"""
    SELECT digest FROM attachment WHERE message_id IN {_MESSAGES} AND digest <> x''
     UNION SELECT raw FROM message WHERE id IN {_MESSAGES} AND raw IS NOT NULL"""  # noqa: S608  as above
MAILS = f"SELECT hex(digest), message_id, source_id, external_id FROM message WHERE id IN {_MESSAGES}"  # noqa: S608  as above
SAID = f"""
    SELECT body FROM message WHERE id IN {_MESSAGES} UNION ALL SELECT subject FROM message WHERE id IN {_MESSAGES}
     UNION ALL SELECT subject FROM ticket WHERE id IN {_TICKETS}"""  # noqa: S608  as above
# A company or household of which nobody else is tells of the person as their address does. Nobody is in it any more: to
# delete it SQLite would look for others through all customers, with everyone waiting.
EMPTY_HOUSEHOLDS = """
    UPDATE organization SET name = '', domain = '', note = '' WHERE id IN (SELECT value FROM json_each(?))"""
# Codes of theirs up to so many characters may be anybody's quantity or size.
SHORTEST_CODE = 3
CUSTOMERS = f"SELECT source_id, external_id, hex(uid) FROM customer WHERE id IN {_PEOPLE}"  # noqa: S608  as above
TICKETS = f"SELECT source_id, external_id FROM ticket WHERE id IN {_TICKETS} AND external_id IS NOT NULL"  # noqa: S608  as above
