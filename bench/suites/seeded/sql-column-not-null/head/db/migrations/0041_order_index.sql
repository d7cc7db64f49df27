create index concurrently orders_placed on orders (placed_at);
