package tokenizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// aroundReader reads what stands around the model.
type aroundReader struct {
	around
	byteLevel bool // pieces are bytes, written as characters
	fused     bool // the decoders before have made one text of all tokens
	sections  int
}

// deeper counts a section, so that no file can ask for too many.
func (r *aroundReader) deeper(where string) error {
	if r.sections++; r.sections > 4*maxSections {
		return fmt.Errorf("%s: %w", where, errDeep)
	}
	return nil
}

// normalizer reads a normalizer.
func (r *aroundReader) normalizer(raw json.RawMessage, where string) error {
	s, err := r.open(raw, where)
	if s == nil {
		return err
	}
	add := func(n normalizer) { r.normalizers = append(r.normalizers, n) }
	switch s.kind {
	case "Sequence":
		s.list("normalizers", r.normalizer)
	case "NFC", "NFD", "NFKC", "NFKD":
		add(unicodeForm(s.kind))
	case "Lowercase":
		add(lowercase)
	case "StripAccents":
		add(withoutMarks)
	case "Strip":
		add(strip(s.flag("strip_left", true), s.flag("strip_right", true)))
	case "Prepend":
		add(prepend(s.short("prepend")))
	case "Replace":
		p, plain := s.pattern("pattern")
		by := s.short("content")
		if plain != "" {
			add(func(text []byte) []byte { return bytes.ReplaceAll(text, []byte(plain), []byte(by)) })
		} else if p != noPattern {
			add(replace(p, by))
		}
	case "Precompiled":
		s.unsupported(": it is SentencePiece's own table of characters")
	default:
		s.unsupported("; NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace and Sequence are")
	}
	return s.end()
}

// open opens a section; it is nil for null.
func (r *aroundReader) open(raw json.RawMessage, where string) (*section, error) {
	if isNull(raw) {
		return nil, nil
	}
	if err := r.deeper(where); err != nil {
		return nil, err
	}
	return readSection(raw, where)
}

// The patterns of pre-tokenizers that have names.
const (
	wordsAndMarks = `[\w\u200C\u200D]+|[^\w\s\u200C\u200D]+` // where they stand, joiners count as parts of words
	marks         = "[\\p{P}$+<=>\\^`|~]"                    // of ASCII, Unicode takes these for symbols
)

// preTokenizer reads a pre-tokenizer.
func (r *aroundReader) preTokenizer(raw json.RawMessage, where string) error {
	s, err := r.open(raw, where)
	if s == nil {
		return err
	}
	if r.byteLevel {
		return fmt.Errorf("%s: it comes behind ByteLevel, which must be the last", where)
	}
	add := func(c cutter) { r.cutters = append(r.cutters, &c) }
	does := func(otherwise string) behavior {
		name := s.text("behavior", otherwise)
		b, known := behaviors[name]
		if !known {
			s.fail("the behavior %s is not supported", quote(name))
		}
		return b
	}
	switch s.kind {
	case "Sequence":
		s.list("pretokenizers", r.preTokenizer)
	case "ByteLevel":
		s.ignores("trim_offsets")
		c := cutter{pattern: noPattern}
		if s.flag("add_prefix_space", true) {
			c.before = " "
		}
		if s.flag("use_regex", true) {
			c.pattern = nil
		}
		if r.byteLevel = true; c.pattern == nil || c.before != "" {
			add(c)
		}
	case "Split":
		p, _ := s.pattern("pattern")
		c := cutter{pattern: p, does: does(""), invert: s.flag("invert", false)}
		if p != noPattern {
			add(c)
		}
	case "Digits":
		c := cutter{pattern: mustPattern(`\p{N}`), does: contiguous}
		if s.flag("individual_digits", false) {
			c.does = isolated
		}
		add(c)
	case "Punctuation":
		add(cutter{pattern: mustPattern(marks), does: does("Isolated")})
	case "Whitespace":
		add(cutter{pattern: mustPattern(wordsAndMarks), does: removed, invert: true})
	case "WhitespaceSplit":
		add(cutter{pattern: mustPattern(`\s`), does: removed})
	case "BertPreTokenizer":
		add(cutter{pattern: mustPattern(`\s`), does: removed})
		add(cutter{pattern: mustPattern(marks), does: isolated})
	case "CharDelimiterSplit":
		add(cutter{pattern: literal(s.char("delimiter", "")), does: removed})
	case "Metaspace":
		r.metaspace(s, add)
	default:
		s.unsupported("; ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, Metaspace and Sequence are")
	}
	return s.end()
}

// metaspace reads a Metaspace, as a pre-tokenizer: it writes spaces as ▁, puts
// one before, and cuts there.
func (r *aroundReader) metaspace(s *section, add func(cutter)) {
	c := cutter{pattern: noPattern, does: mergedWithNext}
	c.replace = s.char("replacement", "▁")
	if prepends(s, &c) {
		c.before = c.replace
	}
	if s.flag("split", true) {
		c.pattern = literal(c.replace)
	}
	s.ignores("str_rep")
	add(c)
}

// prepends reads whether a Metaspace puts something before the text; older files
// have another key for it.
func prepends(s *section, c *cutter) bool {
	otherwise := "always"
	if !s.flag("add_prefix_space", true) {
		otherwise = "never"
	}
	switch scheme := s.text("prepend_scheme", otherwise); scheme {
	case "always":
	case "first":
		c.firstOnly = true
	case "never":
		return false
	default:
		s.fail("the prepend_scheme %s is not supported", quote(scheme))
	}
	return true
}

// postProcessor reads what is put before and behind a text.
func (r *aroundReader) postProcessor(raw json.RawMessage, where string) error {
	s, err := r.open(raw, where)
	if s == nil {
		return err
	}
	var before, behind []int32
	switch s.kind {
	case "Sequence":
		s.list("processors", r.postProcessor)
	case "ByteLevel": // it only tells where tokens stand in the text
		s.ignores("add_prefix_space", "trim_offsets", "use_regex")
	case "TemplateProcessing":
		before, behind = r.template(s)
	case "BertProcessing", "RobertaProcessing":
		s.ignores("add_prefix_space", "trim_offsets")
		before, behind = r.edge(s, "cls"), r.edge(s, "sep")
	default:
		s.unsupported("; ByteLevel, TemplateProcessing, BertProcessing, RobertaProcessing and Sequence are")
	}
	r.before, r.behind = slices.Concat(before, r.before), slices.Concat(r.behind, behind)
	return s.end()
}

// edge reads ["<s>", 0].
func (r *aroundReader) edge(s *section, key string) []int32 {
	var both []json.RawMessage
	var id int32
	if !s.get(key, &both) || len(both) != 2 || json.Unmarshal(both[1], &id) != nil {
		s.fail("%s must be a token and its id", key)
	}
	return []int32{id}
}

// template reads the form of a single text, such as <s> A.
func (r *aroundReader) template(s *section) (before, behind []int32) {
	s.ignores("pair")
	var single []struct {
		SpecialToken, Sequence *struct{ ID string }
	}
	var tokens map[string]struct{ IDs []int32 }
	s.get("single", &single)
	s.get("special_tokens", &tokens)
	texts := 0
	for _, item := range single {
		switch {
		case item.Sequence != nil:
			texts++
		case item.SpecialToken == nil:
			s.fail("single has an item that is neither a SpecialToken nor a Sequence")
		case texts == 0:
			before = append(before, r.named(s, tokens, item.SpecialToken.ID)...)
		default:
			behind = append(behind, r.named(s, tokens, item.SpecialToken.ID)...)
		}
	}
	if texts != 1 || len(before)+len(behind) > maxSections {
		s.fail("single has the text %d times, with %d tokens; only once and with few is supported", texts, len(before)+len(behind))
	}
	return before, behind
}

func (r *aroundReader) named(s *section, tokens map[string]struct{ IDs []int32 }, name string) []int32 {
	t, has := tokens[name]
	if !has {
		s.fail("special_tokens does not have %s", quote(name))
	}
	return t.IDs
}

// decoder reads how tokens become text again.
func (r *aroundReader) decoder(raw json.RawMessage, where string) error {
	s, err := r.open(raw, where)
	if s == nil {
		return err
	}
	add := func(f func(token string) string) {
		if r.fused {
			s.fail("%s comes behind Fuse, which is not supported", s.kind)
		}
		r.decoders = append(r.decoders, f)
	}
	switch s.kind {
	case "Sequence":
		s.list("decoders", r.decoder)
	case "ByteLevel":
		s.ignores("add_prefix_space", "trim_offsets", "use_regex")
		add(bytesOf)
	case "ByteFallback":
		add(func(token string) string {
			if b, is := byteNamed(token); is {
				return string([]byte{b})
			}
			return token
		})
	case "Fuse":
		r.fused = true
	case "Replace":
		p, plain := s.pattern("pattern")
		by := s.short("content")
		switch {
		case plain == "" && p != noPattern:
			f := replace(p, by)
			add(func(token string) string { return string(f([]byte(token))) })
		case plain != "" && r.fused && utf8.RuneCountInString(plain) == 1: // the same before and behind
			r.decoders = append(r.decoders, func(token string) string { return strings.ReplaceAll(token, plain, by) })
		case plain != "":
			add(func(token string) string { return strings.ReplaceAll(token, plain, by) })
		}
	case "Strip":
		r.strips, r.times = s.char("content", ""), s.count("start")
		if s.count("stop") > 0 || !r.fused {
			s.fail("Strip is supported behind Fuse and at the beginning only")
		}
	case "Metaspace":
		mark := s.char("replacement", "▁")
		s.ignores("str_rep", "split")
		if prepends(s, &cutter{}) {
			r.drops = mark
		}
		add(func(token string) string { return strings.ReplaceAll(token, mark, " ") })
	default:
		s.unsupported("; ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace and Sequence are")
	}
	return s.end()
}

// bytesOf is the bytes of a token that is written as ByteLevel does, and other
// tokens as they stand.
func bytesOf(token string) string {
	if piece, ok := fromByteLevel(token); ok {
		return piece
	}
	return token
}

// byteNamed is the inverse of byteName.
func byteNamed(token string) (b byte, ok bool) {
	if len(token) != len("<0xFF>") || token[:3] != "<0x" || token[5] != '>' {
		return 0, false
	}
	n, err := strconv.ParseUint(token[3:5], 16, 8)
	return byte(n), err == nil
}
