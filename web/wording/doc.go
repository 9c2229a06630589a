// Package wording is every sentence that a person reads on the page: a
// catalogue a language (catalogue/en.json and its translations), and the few
// rules by which its phrases are chosen and filled in. What the command says
// are those of English.
//
// The words are for a pupil of fourteen: first what happens, then the term.
package wording
