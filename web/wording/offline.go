package wording

// What the browser keeps of the page.
const (
	OfflineKept   = "This page works offline from now on: the browser keeps it."
	OfflineSingle = "This page is one single file and needs no network."
	OfflineApart  = "Opened like this its workers cannot share memory and send each other messages instead, which is a little slower when several train together."
	NewerReady    = "A new version of Hornbook is ready."
	NewerUse      = "Use it now"
	NewerTraining = "A new version of Hornbook is ready. You can use it when the training has ended."
	NewerOthers   = "A new version of Hornbook is ready, but another tab still shows the old one. Close that tab first, then try again."
)
