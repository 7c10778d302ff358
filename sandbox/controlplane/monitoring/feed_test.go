package monitoring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsFedIsTold(t *testing.T) {
	t.Parallel()
	feed := Feed{t.TempDir()}
	chat := Series{"tenants", "chat", "vllm:num_requests_waiting"}
	for series, text := range map[Series]string{
		chat: "total:7", {"tenants", "embed", chat.Metric}: "each:2", {"other", "chat", chat.Metric}: "each:9", {"tenants", "chat", "other"}: "each:1",
	} {
		value, err := ParseValue(text)
		if err == nil {
			err = feed.Set(series, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	values, err := feed.values("tenants", chat.Metric)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for deployment, value := range values {
		for _, quantity := range value.of(3) {
			got[deployment] = append(got[deployment], quantity.String())
		}
	}
	want := map[string][]string{"chat": {"3", "2", "2"}, "embed": {"2", "2", "2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("three pods each tell (-want +got)\n%s", diff)
	}
	if err := feed.Remove(chat); err != nil {
		t.Fatal(err)
	}
	if values, err = feed.values("tenants", chat.Metric); len(values) != 1 || err != nil {
		t.Errorf("after one is removed: %v, %v", values, err)
	}
	for metric, want := range map[string]bool{chat.Metric: true, "unheard": false, "../*": false} {
		if known, err := feed.known(metric); known != want || err != nil {
			t.Errorf("%s is known: %v, %v", metric, known, err)
		}
	}
}

func TestWhatCannotBeFedIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"7": "write each:N", "some:7": "write each:N", "each:": "write each:N", "each:many": "write each:N", "total:1.5": "a whole number",
	} {
		if _, err := ParseValue(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for want, series := range map[string]Series{
		`namespace ".."`: {"..", "chat", "m"}, `deployment "a/b"`: {"n", "a/b", "m"}, `metric "prometheus.googleapis.com|m|gauge"`: {"n", "chat", "prometheus.googleapis.com|m|gauge"},
	} {
		if err := (Feed{t.TempDir()}).Set(series, Value{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", series, err, want)
		}
	}
}
