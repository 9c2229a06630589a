package ui

// Offline is what the browser keeps of the page.
type Offline struct {
	Kept   bool // the page opens without a network
	Single bool // the page is one single file
	Apart  bool // it is, and its workers share no memory
	Newer  bool // a new version waits to be used
	Away   bool // there is no network right now
	Others bool // it cannot, since other tabs show this one
}

// Keep takes over what the script offline.js tells.
func (p *Page) Keep(news string) {
	switch o := &p.Offline; news {
	case "kept":
		o.Kept = true
	case "single":
		o.Single = true
	case "apart":
		o.Single, o.Apart = true, true
	case "away", "back":
		o.Away = news == "away"
	case "newer":
		o.Newer, o.Others = true, false
		p.Host.Say(p.W.Say("newer_ready"))
	case "others":
		o.Others = true
		p.Host.Say(p.W.Say("newer_others"))
	}
}

// Renew opens the new version, which must not end a run.
func (p *Page) Renew() {
	if p.canRenew() {
		p.Host.Renew()
	}
}

func (p *Page) canRenew() bool { return p.Offline.Newer && !p.Active() }

func (p *Page) offlineSays() string {
	switch o := p.Offline; {
	case o.Apart:
		return p.W.Say("offline_single") + " " + p.W.Say("offline_apart")
	case o.Single:
		return p.W.Say("offline_single")
	case o.Kept && o.Away:
		return p.W.Say("offline_now")
	case o.Kept:
		return p.W.Say("offline_kept")
	}
	return ""
}

func (p *Page) newerSays() string {
	switch o := p.Offline; {
	case !o.Newer:
		return ""
	case p.Active():
		return p.W.Say("newer_training")
	case o.Others:
		return p.W.Say("newer_others")
	}
	return p.W.Say("newer_ready")
}
