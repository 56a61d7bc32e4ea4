package engine

import (
	"strings"
	"testing"
)

func TestNesting(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{``, 0},
		{`a: {b: [1, (2)]}`, 3},
		{`}}}{`, 1},
		{`"((((" + '[[[['`, 0},
		{`"\"(" + (1)`, 1},
		{"\"\"\"\n ((\"(\n \"\"\"\n(1)", 1},
		{"'''\n (((\n '''", 0},
		{`#"(( "( \( "#`, 0},
		{`#"a \#(x + [1]) ("#`, 2},
		{`"\(a + "\(b)")"`, 2},
		{`"\(")")" + "\(1)"`, 1},
		{"// ((((\n(1)", 1},
		{"\"unterminated ((((\n(1)", 1},
		{`a#b: {}`, 1},
		{`##"(" "# ("##`, 0},
	} {
		if got := nesting(c.text); got != c.want {
			t.Errorf("%q: %d, want %d", c.text, got, c.want)
		}
	}
}

func TestRefuseHuge(t *testing.T) {
	for _, c := range []struct {
		text    string
		refused bool
	}{
		{strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting), false},
		{strings.Repeat("[", maxNesting+1) + strings.Repeat("]", maxNesting+1), true},
		{strings.Repeat(" ", maxTextBytes), false},
		{strings.Repeat(" ", maxTextBytes+1), true},
	} {
		if found := refuseHuge(c.text); (len(found) > 0) != c.refused {
			t.Errorf("%.20q (%d bytes): %v", c.text, len(c.text), found)
		}
	}
}
