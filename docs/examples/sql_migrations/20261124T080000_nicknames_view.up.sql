-- tupelo: after=20261123T090000_shorten_nicknames
CREATE VIEW nicknames AS SELECT id, nickname FROM users;
