package rates

import (
	"context"
	"sync"
	"time"
)

type Bank interface {
	Rate(ctx context.Context, currency string) (float64, error)
}

type entry struct {
	rate  float64
	until time.Time
}

// Cache is used by all handlers at once.
type Cache struct {
	bank    Bank
	mutex   sync.Mutex
	entries map[string]entry
}

func New(bank Bank) *Cache {
	return &Cache{bank: bank, entries: map[string]entry{}}
}

func (c *Cache) Rate(ctx context.Context, currency string) (float64, error) {
	c.mutex.Lock()
	found, ok := c.entries[currency]
	c.mutex.Unlock()
	if ok && time.Now().Before(found.until) {
		return found.rate, nil
	}
	rate, err := c.bank.Rate(ctx, currency)
	if err != nil {
		return 0, err
	}
	c.mutex.Lock()
	c.entries[currency] = entry{rate: rate, until: time.Now().Add(time.Minute)}
	c.mutex.Unlock()
	return rate, nil
}
