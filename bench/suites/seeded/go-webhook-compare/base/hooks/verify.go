package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
)

const largest = 1 << 20

func read(request *http.Request) ([]byte, error) {
	return io.ReadAll(io.LimitReader(request.Body, largest))
}
