"""Code that the bug hunter must flag, and near misses that it must leave alone."""

from __future__ import annotations

from reviewers.reviewer import Clean, Flagged

FLAGGED = (
    Flagged(
        """\
def collect_warnings(record, warnings=[]):
    if record.total < 0:
        warnings.append(f"{record.id}: negative total")
    if not record.customer:
        warnings.append(f"{record.id}: no customer")
    return warnings


def check(records):
    return {record.id: collect_warnings(record) for record in records}
""",
        1,
        "mutable-default",
        "billing/checks.py",
    ),
    Flagged(
        """\
func fetchProfile(client *http.Client, url string) (*Profile, error) {
	resp, err := client.Get(url)
	defer resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("fetch profile: %w", err)
	}
	var profile Profile
	if err := json.NewDecoder(resp.Body).Decode(&profile); err != nil {
		return nil, fmt.Errorf("decode profile: %w", err)
	}
	return &profile, nil
}
""",
        3,
        "error-path",
        "internal/profile/fetch.go",
    ),
    Flagged(
        """\
export async function importOrders(rows, store) {
  let imported = 0;
  rows.forEach(async (row) => {
    const order = await parseOrder(row);
    await store.save(order);
    imported += 1;
  });
  await store.commit();
  return imported;
}
""",
        3,
        "concurrency",
        "src/import-orders.js",
    ),
    Flagged(
        """\
final class RoleCheck {
    private final String required;

    RoleCheck(String required) {
        this.required = required;
    }

    boolean allows(HttpServletRequest request) {
        String role = request.getParameter("role");
        return role == required;
    }
}
""",
        10,
        "wrong-comparison",
        "src/main/java/shop/RoleCheck.java",
    ),
    Flagged(
        """\
PAGE_SIZE = 100


def all_invoices(api):
    total = api.count("invoices")
    invoices = []
    for page in range(total // PAGE_SIZE):
        invoices += api.list("invoices", page=page, size=PAGE_SIZE)
    return invoices
""",
        7,
        "off-by-one",
        "billing/export.py",
    ),
    Flagged(
        """\
def build_menu(names, open_document):
    menu = Menu()
    for name in names:
        menu.add(label=name, on_click=lambda: open_document(name))
    return menu
""",
        4,
        "closure-capture",
        "editor/menu.py",
    ),
    Flagged(
        """\
def replace_in_file(path: Path, old: str, new: str) -> int:
    with path.open("w", encoding="utf-8") as target:
        text = path.read_text(encoding="utf-8")
        count = text.count(old)
        target.write(text.replace(old, new))
    return count
""",
        2,
        "data-loss",
        "tools/replace.py",
    ),
    Flagged(
        """\
export function price(item: Item, discount?: number): number {
  // A discount of 0 is a valid campaign: it overrides the customer's own discount.
  const rate = discount || item.customer.defaultDiscount;
  return item.amount * (1 - rate);
}
""",
        3,
        "type-confusion",
        "src/pricing.ts",
    ),
    Flagged(
        """\
def test_a_negative_amount_is_refused(ledger):
    with pytest.raises(InvalidAmount):
        ledger.book(amount=-1)
        assert ledger.balance == 0
        assert ledger.entries == []
""",
        4,
        "broken-test",
        "tests/test_ledger.py",
    ),
    Flagged(
        """\
def owner_email(session, repository_id):
    repository = session.query(Repository).filter_by(id=repository_id).first()
    return repository.owner.email.lower()
""",
        3,
        "none-dereference",
        "app/owners.py",
    ),
)

CLEAN = (
    Clean(
        """\
def render(rows, hidden=()):
    columns = [column for column in COLUMNS if column not in hidden]
    return [[row[column] for column in columns] for row in rows]


def total(rows, extra=[]):
    return sum(row.amount for row in [*rows, *extra])
""",
        "The default list is shared, but nobody changes it and it does not escape.",
        "billing/table.py",
    ),
    Clean(
        """\
func fetchProfile(client *http.Client, url string) (*Profile, error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, fmt.Errorf("fetch profile: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch profile: status %d", resp.StatusCode)
	}
	var profile Profile
	return &profile, json.NewDecoder(resp.Body).Decode(&profile)
}
""",
        "The body is used only after the error was checked; a decode error is returned beside the value, as is usual.",
        "internal/profile/fetch.go",
    ),
    Clean(
        """\
export async function importOrders(rows, store) {
  const orders = await Promise.all(rows.map(async (row) => parseOrder(row)));
  for (const order of orders) {
    await store.save(order);
  }
  await store.commit();
  return orders.length;
}
""",
        "An async callback, but its promises are awaited; saving one by one keeps the order.",
        "src/import-orders.js",
    ),
    Clean(
        """\
enum State { OPEN, PAID, CANCELLED }

final class Invoice {
    private State state = State.OPEN;

    boolean payable() {
        return state == State.OPEN;
    }

    boolean sameStateAs(Invoice other) {
        return other != null && state == other.state;
    }
}
""",
        "Comparing by identity is right for enums.",
        "src/main/java/shop/Invoice.java",
    ),
    Clean(
        """\
def all_invoices(api):
    total = api.count("invoices")
    pages = -(-total // PAGE_SIZE)
    for page in range(1, pages + 1):
        yield from api.list("invoices", page=page, size=PAGE_SIZE)
""",
        "Page arithmetic that looks odd: it rounds up, and pages count from 1.",
        "billing/export.py",
    ),
    Clean(
        """\
def build_menu(names, open_document):
    menu = Menu()
    for name in names:
        menu.add(label=name, on_click=lambda name=name: open_document(name))
    squares = [callback(10) for callback in [lambda x, n=n: x * n for n in range(3)]]
    return menu, squares
""",
        "Functions made in a loop, each with its own value bound as a default.",
        "editor/menu.py",
    ),
    Clean(
        """\
def run_forever(queue, handle, log):
    while (job := queue.take()) is not STOP:
        try:
            handle(job)
        except Exception:
            log.exception("job %s failed", job.id)
            queue.bury(job)
        else:
            queue.done(job)
""",
        "A broad except, but at the edge of the unit of work: the failure is reported and the job is buried.",
        "worker/loop.py",
    ),
    Clean(
        """\
export function label(unread: number, name?: string): string {
  const who = name || "somebody";
  const count = unread ?? 0;
  return count ? `${who} (${count})` : who;
}
""",
        "Truthiness of a number and a string, where 0 and the empty string mean nothing to show.",
        "src/label.ts",
    ),
    Clean(
        """\
def host_of(remote: str) -> str:
    match = re.fullmatch(r"(?:[^@]+@)?([^:/]+)[:/].*", remote)
    if match is None:
        raise ConfigurationError(f"{remote!r} is not the address of a repository")
    return match.group(1).lower()
""",
        "A match object is dereferenced, after the case without a match has left.",
        "app/remotes.py",
    ),
)
