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
