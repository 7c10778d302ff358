package firewall

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// repeat is a text over and over, until it has so many bytes.
type repeat struct {
	Text  string `yaml:"text"`
	Bytes int    `yaml:"bytes"`
}

// make is the text, cut at the end of a character.
func (r repeat) make() string {
	text := strings.Repeat(r.Text, r.Bytes/len(r.Text)+1)[:r.Bytes]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}

// picture is a file of so many bytes, which look as random as those of a compressed
// picture do, and are the same for a seed.
type picture struct {
	Type  string `yaml:"type"`
	Bytes int    `yaml:"bytes"`
	Seed  uint64 `yaml:"seed"`
	Count int    `yaml:"count"`
}

// uris are the data URIs of the pictures; none for no picture.
func (p *picture) uris() []string {
	if p == nil {
		return nil
	}
	var uris []string
	for i := range max(p.Count, 1) {
		uris = append(uris, "data:"+p.Type+";base64,"+base64.StdEncoding.EncodeToString(p.data(uint64(i))))
	}
	return uris
}

func (p *picture) data(index uint64) []byte {
	source := rand.New(rand.NewPCG(p.Seed, index))
	data := make([]byte, p.Bytes)
	for i := range data {
		data[i] = byte(source.UintN(256))
	}
	return data
}
