export function showOrders(list, orders) {
  list.replaceChildren(
    ...orders.map((order) => {
      const row = document.createElement("li");
      row.textContent = `${order.item}: ${order.total}`;
      return row;
    }),
  );
}
