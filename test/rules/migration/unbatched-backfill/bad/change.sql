UPDATE orders SET status = lower(status);
