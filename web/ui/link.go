package ui

import "fmt"

// quiet is the white around a QR code that readers need, in its squares (ISO/IEC 18004).
const quiet = 4

func (l *Link) size() int {
	_, size := l.Page.Host.QR(l.To)
	return size
}

func (l *Link) path() string {
	path, _ := l.Page.Host.QR(l.To)
	return path
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
