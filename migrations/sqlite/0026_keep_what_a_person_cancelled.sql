-- What a person cancelled is settled: the planner does not plan it again, as it does with what is void for a while.
UPDATE reminder SET state = 'covered', reason = 'cancelled' WHERE state = 'void' AND reason = 'cancelled by a person';
