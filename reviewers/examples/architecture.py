"""Code that the architect critic must flag, and near misses that it must leave alone."""

from __future__ import annotations

from reviewers.reviewer import Clean, Flagged

FLAGGED = (
    Flagged(
        '''\
"""Prices and discounts. Pure: knows nothing of the web or the database (see docs/layers.md)."""

from decimal import Decimal

from flask import g

from shop.domain.order import Order


def total(order: Order) -> Decimal:
    net = sum(line.price * line.count for line in order.lines)
    return net * (1 - g.customer.discount)
''',
        5,
        "layer-violation",
        "shop/domain/pricing.py",
    ),
    Flagged(
        """\
syntax = "proto3";
package accounts.v1;

// Released since 1.0. Number 3 was `string email`, which clients of 1.x still send.
message Account {
  string id = 1;
  string name = 2;
  string phone = 3;
}
""",
        8,
        "breaking-change",
        "proto/accounts/v1/account.proto",
    ),
    Flagged(
        """\
-- orders has 80 million rows; the shop stays open while this runs.
ALTER TABLE orders ADD COLUMN region text NOT NULL;
CREATE INDEX CONCURRENTLY orders_region ON orders (region);
""",
        2,
        "unsafe-migration",
        "db/migrations/0117_order_region.sql",
    ),
    Flagged(
        '''\
class CustomerStore(Protocol):
    """Where customers are kept. Callers do not know which database stands behind it."""

    def get(self, customer_id: str) -> Customer: ...

    def search(self, text: str) -> sqlalchemy.engine.CursorResult: ...
''',
        6,
        "leaky-abstraction",
        "crm/ports.py",
    ),
    Flagged(
        """\
export interface Cache {
  /** Returns undefined where the key is not there; never throws for a missing key. */
  get(key: string): Promise<string | undefined>;
}

export class MemoryCache implements Cache {
  private readonly entries = new Map<string, string>();

  async get(key: string) {
    return this.entries.get(key);
  }
}

export class FileCache implements Cache {
  constructor(private readonly folder: string) {}

  async get(key: string) {
    return await readFile(join(this.folder, key), "utf8");
  }
}
""",
        18,
        "inconsistent-contract",
        "src/cache.ts",
    ),
    Flagged(
        """\
func (s *Checkout) ShippingCost(order Order) Money {
	if order.Total >= 5000 && order.Country == "DE" {
		return 0
	}
	return s.tariff.Price(order.Country, order.Weight)
}

// Shown above the basket; must agree with what the checkout charges.
func (b *Basket) FreeShippingHint(order Order) string {
	if order.Total > 5000 && order.Country == "DE" {
		return "Free shipping!"
	}
	return ""
}
""",
        10,
        "duplicated-logic",
        "internal/shop/shipping.go",
    ),
    Flagged(
        """\
_current_tenant: str | None = None


def set_tenant(name: str) -> None:
    global _current_tenant
    _current_tenant = name


def invoices() -> list[Invoice]:
    # Callers must have called set_tenant() first; the web middleware and the nightly job each do.
    return query("SELECT * FROM invoices WHERE tenant = %s", _current_tenant)
""",
        11,
        "hidden-coupling",
        "billing/repository.py",
    ),
)

CLEAN = (
    Clean(
        '''\
"""Prices and discounts. Pure: knows nothing of the web or the database (see docs/layers.md)."""

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shop.web.session import Session

from shop.domain.order import Order


def total(order: Order, *, discount: Decimal) -> Decimal:
    return sum((line.price * line.count for line in order.lines), Decimal(0)) * (1 - discount)


def total_for(order: Order, session: "Session") -> Decimal:
    return total(order, discount=session.discount)
''',
        "A lower layer names a higher one, but only as a type; nothing is imported when it runs.",
        "shop/domain/pricing.py",
    ),
    Clean(
        """\
syntax = "proto3";
package accounts.v1;

message Account {
  reserved 3;
  reserved "email";
  string id = 1;
  string name = 2;
  string phone = 4;
}
""",
        "A field is gone, but its number and name are reserved, so old messages are still read.",
        "proto/accounts/v1/account.proto",
    ),
    Clean(
        """\
ALTER TABLE orders ADD COLUMN region text;
CREATE INDEX CONCURRENTLY orders_region ON orders (region);
-- Filled in batches by jobs/fill_region.py; NOT NULL follows in the release after.
""",
        "A migration on a large table, in the order that keeps the running version alive.",
        "db/migrations/0117_order_region.sql",
    ),
    Clean(
        '''\
"""The one place that builds the adapters; everything else gets them as parameters."""

from crm.adapters.mail import SmtpMailer
from crm.adapters.postgres import PostgresCustomerStore
from crm.settings import Settings
from crm.service import CustomerService
from crm.web import create_app


def build(settings: Settings):
    store = PostgresCustomerStore(settings.database_url)
    return create_app(CustomerService(store, SmtpMailer(settings.smtp_url)))
''',
        "A module that knows every layer: it is the composition root.",
        "crm/wiring.py",
    ),
    Clean(
        """\
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export function expired(token: Token, clock: Clock): boolean {
  return token.expiresAt <= clock.now();
}
""",
        "An interface with one implementation, which is used, and keeps an effect out of the core.",
        "src/clock.ts",
    ),
    Clean(
        """\
def export(path: Path, rows: Iterable[Row]) -> None:
    if path.suffix == ".xlsx":
        # Loading it takes a second, and most runs write CSV.
        from openpyxl import Workbook

        write_workbook(Workbook(), path, rows)
    else:
        write_csv(path, rows)
""",
        "An import inside a function, for start-up time and not to get round a cycle.",
        "reports/export.py",
    ),
    Clean(
        """\
func TestFreeShippingFrom50Euro(t *testing.T) {
	order := Order{Total: 5000, Country: "DE"}
	if cost := checkout.ShippingCost(order); cost != 0 {
		t.Errorf("cost = %d", cost)
	}
}

func TestNoFreeShippingAbroad(t *testing.T) {
	order := Order{Total: 5000, Country: "FR"}
	if cost := checkout.ShippingCost(order); cost == 0 {
		t.Error("shipping abroad was free")
	}
}
""",
        "Two blocks that are nearly the same: tests say things twice.",
        "internal/shop/shipping_test.go",
    ),
)
