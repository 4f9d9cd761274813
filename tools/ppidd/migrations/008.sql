-- Version 8.
SELECT 1;
