-- Version 12.
SELECT 1;
