-- input_report: what the reader took the file for, and what it left out. NULL for scans from before.
ALTER TABLE scans ADD COLUMN IF NOT EXISTS
	input_report MEDIUMTEXT NULL COMMENT 'JSON: format, dialect, what was skipped by reason, notes';
