-- Version 9.
SELECT 1;
