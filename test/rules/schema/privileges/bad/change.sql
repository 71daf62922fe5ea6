CREATE FUNCTION cancel_order(order_id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
AS 'UPDATE orders SET status = $$cancelled$$ WHERE id = order_id';
