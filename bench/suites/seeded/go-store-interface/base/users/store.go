// Package users keeps users. Store is implemented by other teams' packages, too (see docs/plugins.md).
package users

import "context"

type User struct {
	ID   string
	Plan string
}

// Store keeps users; plugins bring their own.
type Store interface {
	Find(ctx context.Context, id string) (User, error)
	Save(ctx context.Context, user User) error
}
