DROP VIEW nicknames;
