-- Version 13.
SELECT 1;
