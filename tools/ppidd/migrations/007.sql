-- Version 7.
SELECT 1;
