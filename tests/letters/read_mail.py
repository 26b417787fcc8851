"""Reads one mail from standard input with Python's own library and prints what it found as JSON."""

import email
import email.policy
import json
import sys

mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
headers = {name.lower(): mail.get_all(name) for name in mail.keys()}
defects = [str(defect) for part in mail.walk() for defect in part.defects]
defects += [str(defect) for values in headers.values() for value in values for defect in value.defects]
json.dump(
    {
        "defects": defects,
        "subject": str(mail["subject"]),
        "from": [[a.display_name, a.addr_spec] for a in mail["from"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in mail["to"].addresses],
        "reply_to": [[a.display_name, a.addr_spec] for a in mail["reply-to"].addresses],
        "date": mail["date"].datetime.isoformat(),
        "message_id": str(mail["message-id"]),
        "auto_submitted": str(mail["auto-submitted"]),
        "kinds": [part.get_content_type() for part in mail.walk()],
        "text": mail.get_body(("plain",)).get_content(),
        "html": mail.get_body(("html",)).get_content(),
    },
    sys.stdout,
)
