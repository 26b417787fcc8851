-- A message sealed for a day on which its duty is silent by now is not sent: silence that ends before that day, or on it,
-- does not concern it. What the outbox asks before it sends; the rest is as in 0005.
DROP VIEW owed_reminder;
CREATE VIEW owed_reminder AS
SELECT reminder.id, reminder.message_id, reminder.assignment_id
FROM reminder
JOIN assignment ON assignment.id = reminder.assignment_id
JOIN obligation ON obligation.id = reminder.obligation_id
JOIN message ON message.id = reminder.message_id
WHERE reminder.state = 'sealed'
  AND obligation.state = 'open'
  AND obligation.deadline_version = reminder.deadline_version
  AND (obligation.silent_until_on IS NULL OR obligation.silent_until_on <= message.day_on)
  AND (assignment.state = 'open' OR (assignment.state = 'acknowledged' AND reminder.tone <> 'notice'));
