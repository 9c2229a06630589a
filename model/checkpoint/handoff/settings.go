package handoff

import "hornbook/model/format"

func settingsFiles(r Run) []format.Written { return nil }

func readme(r Run) []byte { return []byte(r.Name) }
