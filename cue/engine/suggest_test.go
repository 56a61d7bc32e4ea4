package engine

import "testing"

func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		name       string
		candidates []string
		want       string
	}{
		{"replcias", []string{"image", "replicas"}, "replicas"},
		{"IMAGE", []string{"image"}, "image"},
		{"#Fial", []string{"#Fail", "#Log"}, "#Fail"},
		{"xyz", []string{"image", "replicas"}, ""},
		{"ab", []string{"ax", "ay"}, ""},
		{"abc", []string{"abd", "abe"}, "abd"},
		{"", []string{"a"}, ""},
	} {
		if got := suggest(c.name, c.candidates); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
