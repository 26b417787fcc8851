-- A contact whose message is held gets no second one: asked at every pass that has something to tell.
CREATE INDEX message_held ON message (contact_id) WHERE state = 'held';
