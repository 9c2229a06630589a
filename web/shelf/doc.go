// Package shelf keeps models as folders of files, each save whole or not there
// at all: whatever a crash, a killed tab or a full disk cuts off, what was
// saved before is still there. It knows nothing of models and their files.
//
// In its storage lie
//
//	models/ID/a/…               the files of one save
//	models/ID/b/…               those of the save before or after it
//	models/ID/a.manifest.json   what a holds, with the sum of each file; written last, removed first
//	models/ID/b.manifest.json
//	models/ID/a.label.json      the model's name, and whether it was deleted
//	models/ID/b.label.json      the label before or after
//	texts/SHA256                a text that runs learn from
//
// A save goes where the newest whole save does not lie. Manifests and labels
// carry a number that grows and a sum of themselves, so that a torn one is
// noticed and the other holds.
package shelf
