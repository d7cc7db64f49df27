package collect

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"
)

const attempts = 3

func Send(ctx context.Context, client *http.Client, url string, body []byte) error {
	for attempt := 1; ; attempt++ {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		response.Body.Close()
		if response.StatusCode < 300 {
			return nil
		}
		if attempt == attempts {
			return fmt.Errorf("collector answered %s", response.Status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt) * time.Second):
		}
	}
}
