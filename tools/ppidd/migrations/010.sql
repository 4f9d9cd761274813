-- Version 10.
SELECT 1;
