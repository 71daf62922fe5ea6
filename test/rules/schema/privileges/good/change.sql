CREATE FUNCTION cancel_order(order_id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS 'UPDATE public.orders SET status = $$cancelled$$ WHERE id = order_id';
