// Package wording is every sentence that a person reads, in English: what the
// page and the command say stands here and nowhere else, so that another
// language is one more such package.
//
// The words are for a pupil of fourteen: first what happens, then the term.
package wording
