"""Reads one mail from standard input with Python's own library and prints what it found as JSON."""

import email
import email.header
import email.policy
import json
import re
import sys

mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
headers = {name.lower(): mail.get_all(name) for name in mail.keys()}
defects = [str(defect) for part in mail.walk() for defect in part.defects]
defects += [str(defect) for values in headers.values() for value in values for defect in value.defects]


def name_by_encoded_word(part):
    """The name that mail programs find which do not know RFC 2231: QQ Mail, Outlook."""
    raw = next(value for name, value in part.raw_items() if name.lower() == "content-type")
    word = re.search(r'name="(=\?[^"]*)"', str(raw))
    return str(email.header.make_header(email.header.decode_header(word.group(1)))) if word else None


json.dump(
    {
        "defects": defects,
        "subject": str(mail["subject"]),
        "from": [[a.display_name, a.addr_spec] for a in mail["from"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in mail["to"].addresses],
        "reply_to": [[a.display_name, a.addr_spec] for a in mail["reply-to"].addresses],
        "date": mail["date"].datetime.isoformat(),
        "message_id": str(mail["message-id"]),
        "in_reply_to": mail["in-reply-to"] and str(mail["in-reply-to"]),
        "references": str(mail["references"] or "").split(),
        "attachments": [
            {
                "filename": part.get_filename(),
                "name": name_by_encoded_word(part),
                "content": part.get_content(),
            }
            for part in mail.iter_attachments()
        ],
        "auto_submitted": str(mail["auto-submitted"]),
        "kinds": [part.get_content_type() for part in mail.walk()],
        "text": mail.get_body(("plain",)).get_content(),
        "html": mail.get_body(("html",)).get_content(),
    },
    sys.stdout,
)
