-- Reminders whose duty is still owed as it stood when they were planned: what the outbox asks before it sends.
-- Acknowledged (签收) quiets the notices before the due date and nothing else.
CREATE VIEW owed_reminder AS
SELECT reminder.id, reminder.message_id, reminder.assignment_id
FROM reminder
JOIN assignment ON assignment.id = reminder.assignment_id
JOIN obligation ON obligation.id = reminder.obligation_id
WHERE reminder.state = 'sealed'
  AND obligation.state = 'open'
  AND obligation.deadline_version = reminder.deadline_version
  AND (assignment.state = 'open' OR (assignment.state = 'acknowledged' AND reminder.tone <> 'notice'));

-- Rates are computed from what was attempted, so no restart forgets them.
CREATE INDEX attempt_claimed ON attempt (claimed_at);
