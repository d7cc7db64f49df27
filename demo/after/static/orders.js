export function showOrders(list, orders) {
  list.innerHTML = orders.map((order) => `<li title="${order.note}">${order.item}: ${order.total}</li>`).join("");
}

export async function redeemAll(codes, total) {
  codes.forEach(async (code) => {
    const answer = await fetch("/coupons", { method: "POST", body: new URLSearchParams({ code, total }) });
    total = (await answer.json()).total;
  });
  return total;
}
