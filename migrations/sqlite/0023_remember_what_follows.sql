-- 接续: NULL while the duty is not done; 'due' from the transaction that completes it until what follows is registered;
-- 'started' from then on. Every pass works off what is due, so that no completion is forgotten, whoever made it.
ALTER TABLE obligation ADD COLUMN chain_state TEXT CHECK (chain_state IN ('due', 'started'));
UPDATE obligation SET chain_state = 'started'
WHERE EXISTS (SELECT 1 FROM assignment WHERE obligation_id = obligation.id AND state IN ('reported', 'closed'))
  AND NOT EXISTS (SELECT 1 FROM assignment WHERE obligation_id = obligation.id AND state IN ('open', 'acknowledged'));
CREATE INDEX obligation_chain_due ON obligation (id) WHERE chain_state = 'due';
