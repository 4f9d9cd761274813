-- Version 11.
SELECT 1;
