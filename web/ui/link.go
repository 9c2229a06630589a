package ui

import "fmt"

// A QR code has at most mostCoded bytes, and quiet white squares around it, which readers
// need (ISO/IEC 18004). What is longer is not shown either, only copied: vugu writes an
// attribute into a buffer that does not grow.
const (
	mostCoded = 2953
	quiet     = 4
)

// link is the address, "" for one that is too long to be shown.
func (l *Link) link() string {
	if link := l.Page.Host.Link(l.To); len(link) <= mostCoded {
		return link
	}
	return ""
}

// size is how many squares its code has on a side, 0 for no code.
func (l *Link) size() int {
	if l.link() == "" {
		return 0
	}
	return l.Page.Host.QR(l.link())
}

func (l *Link) box() string {
	all := l.size() + 2*quiet
	return fmt.Sprintf("%d %d %d %d", -quiet, -quiet, all, all)
}

func (l *Link) label() string { return l.Page.copyLabel(l.To) }

// Copied puts the page's address with a fragment on the clipboard.
func (p *Page) Copied(to string) {
	p.Host.CopyLink(to)
	p.Host.Say(p.W.Say("link_copied"))
	p.copied = to
}

func (p *Page) copyLabel(to string) string {
	if p.copied == to {
		return p.W.Say("link_copied")
	}
	return p.W.Say("copy_link")
}
