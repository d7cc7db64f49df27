"""Code that the performance analyst must flag, and near misses that it must leave alone."""

from __future__ import annotations

from reviewers.reviewer import Clean, Flagged

FLAGGED = (
    Flagged(
        """\
def order_list(request):
    orders = Order.objects.filter(shop=request.shop).order_by("-created")[:200]
    rows = []
    for order in orders:
        rows.append({"id": order.id, "customer": order.customer.name, "total": order.total})
    return JsonResponse({"orders": rows})
""",
        5,
        "query-in-loop",
        "shop/views.py",
    ),
    Flagged(
        """\
export function newSubscribers(subscribers: Subscriber[], exported: Subscriber[]): Subscriber[] {
  // Both lists hold every subscriber of the tenant, some hundred thousand.
  const known = exported.map((subscriber) => subscriber.email);
  return subscribers.filter((subscriber) => !known.includes(subscriber.email));
}
""",
        4,
        "quadratic-time",
        "src/newsletter/diff.ts",
    ),
    Flagged(
        """\
@app.get("/rates/{currency}")
async def rate(currency: str) -> dict[str, float]:
    response = requests.get(f"{RATES_URL}/{currency}", timeout=5)
    response.raise_for_status()
    return {"rate": response.json()["rate"]}
""",
        3,
        "blocking-call",
        "api/rates.py",
    ),
    Flagged(
        """\
var (
	mu    sync.Mutex
	cache = map[string][]byte{}
)

func render(w http.ResponseWriter, r *http.Request) {
	key := r.URL.String()
	mu.Lock()
	page, found := cache[key]
	mu.Unlock()
	if !found {
		page = build(r)
		mu.Lock()
		cache[key] = page
		mu.Unlock()
	}
	w.Write(page)
}
""",
        14,
        "unbounded-growth",
        "internal/web/render.go",
    ),
    Flagged(
        """\
public final class Inventory {
    private final Map<String, Integer> stock = new HashMap<>();

    public synchronized int available(String sku) {
        if (!stock.containsKey(sku)) {
            stock.put(sku, warehouse.fetchOverHttp(sku));
        }
        return stock.get(sku);
    }

    public synchronized void reserve(String sku, int count) {
        stock.merge(sku, -count, Integer::sum);
    }
}
""",
        6,
        "lock-contention",
        "src/main/java/shop/Inventory.java",
    ),
    Flagged(
        """\
CREATE TABLE events (
    id bigserial PRIMARY KEY,
    account_id bigint NOT NULL,
    kind text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Called at every page view; the table gains some million rows a day.
CREATE FUNCTION last_login(account bigint) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT max(created_at) FROM events WHERE account_id = account AND kind = 'login'
$$;
""",
        10,
        "missing-index",
        "db/migrations/0042_events.sql",
    ),
    Flagged(
        """\
def push_all(devices, message):
    for device in devices:
        requests.post(device.callback_url, json=message)
        device.mark_sent()
""",
        3,
        "missing-timeout",
        "notify/push.py",
    ),
    Flagged(
        """\
def total_by_region(path):
    frame = pd.read_parquet(path)  # one row for each sale of the year, about 40 million
    totals = {}
    for _, row in frame.iterrows():
        totals[row["region"]] = totals.get(row["region"], 0) + row["amount"]
    return totals
""",
        4,
        "inefficient-iteration",
        "reports/regions.py",
    ),
)

CLEAN = (
    Clean(
        """\
def order_list(request):
    orders = Order.objects.filter(shop=request.shop).select_related("customer").order_by("-created")[:200]
    rows = [{"id": order.id, "customer": order.customer.name, "total": order.total} for order in orders]
    return JsonResponse({"orders": rows})
""",
        "A relation is read in a loop, but the one query has joined it.",
        "shop/views.py",
    ),
    Clean(
        """\
const LEVELS = ["debug", "info", "warning", "error"];

export function visible(entries: Entry[], level: string): Entry[] {
  return entries.filter((entry) => LEVELS.indexOf(entry.level) >= LEVELS.indexOf(level));
}
""",
        "A linear search for each element, in a list of four.",
        "src/log/filter.ts",
    ),
    Clean(
        """\
@app.get("/rates/{currency}")
async def rate(currency: str) -> dict[str, float]:
    value = await asyncio.to_thread(read_rate, currency)
    return {"rate": value}


def read_rate(currency: str) -> float:
    response = requests.get(f"{RATES_URL}/{currency}", timeout=5)
    response.raise_for_status()
    return response.json()["rate"]
""",
        "Blocking I/O below an async handler, but in a thread.",
        "api/rates.py",
    ),
    Clean(
        """\
@functools.lru_cache(maxsize=256)
def exchange_table(day: date) -> Mapping[str, Decimal]:
    return parse_table(download(day))


@functools.cache
def currency(code: CurrencyCode) -> Currency:
    return CURRENCIES[code]
""",
        "Two caches that live as long as the process: one is bounded by its size, the other by an enum.",
        "billing/rates.py",
    ),
    Clean(
        """\
export async function checkout(cart: Cart, api: Api): Promise<Receipt> {
  const order = await api.createOrder(cart.items);
  const payment = await api.charge(order.id, order.total);
  return await api.receipt(order.id, payment.id);
}
""",
        "Awaits in sequence, but each needs what the one before returned.",
        "src/checkout.ts",
    ),
    Clean(
        """\
def health(session):
    return {kind.value: session.scalar(select(func.count()).where(Job.kind == kind)) for kind in JobKind}


class JobKind(Enum):
    MAIL = "mail"
    EXPORT = "export"
    CLEANUP = "cleanup"
""",
        "A query in a loop, three times, over an enum.",
        "ops/health.py",
    ),
    Clean(
        """\
var client = &http.Client{Timeout: 10 * time.Second}

func fetch(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return client.Do(request)
}
""",
        "A request without a limit of its own: the client has one.",
        "internal/fetch/fetch.go",
    ),
    Clean(
        """\
if __name__ == "__main__":
    names = []
    for line in Path("countries.txt").read_text(encoding="utf-8").splitlines():
        names = names + [line.strip()]
    Path("countries.json").write_text(json.dumps(sorted(names)), encoding="utf-8")
""",
        "A list is copied in a loop, in a script that a person runs over two hundred lines.",
        "scripts/countries.py",
    ),
)
