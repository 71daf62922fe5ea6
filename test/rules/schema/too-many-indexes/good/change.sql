DROP INDEX CONCURRENTLY orders_upper_idx;
DROP INDEX CONCURRENTLY orders_lost_idx;
DROP INDEX CONCURRENTLY orders_returned_idx;
DROP INDEX CONCURRENTLY orders_lower_idx;
