// Package share keeps what people share, and classes: one handler for a school's own
// machine (package local) and for Cloudflare (wasm/edge). Nothing is kept that says who
// somebody is: no names of people, no addresses, no list of what there is.
//
// All is JSON unless it says otherwise. What goes wrong is an answer of status 4xx or
// 5xx with {"error":"code","sentence":"…"}: one of the codes in problem.go, and what
// happened and what to do, in English. Times are Unix milliseconds. A key is given as
// "Authorization: Bearer KEY"; the server keeps its SHA-256 only. Ids and keys are 128
// random bits in 26 letters (base32, lower case, no padding). Only a page of the same
// origin may ask.
//
//	GET /api/
//		{"share":true,"uploads":true,"days":30,"limits":{"model":8388608,…}}
//		Where this answers anything else, there is no server to share with. While
//		uploads is false nothing new is taken; what is there can be had and deleted.
//		limits has the most bytes of each kind.
//
// # Things
//
//	POST /api/share?kind=model|adapter|card|task|pairs
//		Body: the bytes. Content-Length is required (411), and Hornbook-SHA256, their
//		hash in hexadecimal.
//		201 {"id","key","expires","size","kind"}
//		model: a zip of a run that quotes no text (exchange.ZipShared); adapter: PEFT's
//		two files as a zip (exchange.ZipAdapter); card: protocol.Outcome, without
//		questions and replies (Outcome.Measured); task and pairs: JSON lines, of which
//		the edge looks at the first only.
//	GET /api/share/ID
//		200 the bytes: application/octet-stream, as an attachment
//		404 not_found: never there, deleted, or over; 410 hidden: it was reported
//	GET /api/share/ID/about
//		200 {"id","kind","size","sha256","expires"}
//	DELETE /api/share/ID with its key
//		204. Again: 404.
//	POST /api/share/ID/renew with its key
//		200 {"expires"}: 30 days from now
//	POST /api/share/ID/report {"reason":"…"}
//		200 {"hidden":true}. One report hides; whoever runs the server can show it again
//		(Server.Show), its owner can only delete it.
//
// # Classes
//
//	POST /api/class
//		201 {"code","key","expires"}: the code is 6 letters and digits that are hard to
//		confuse; small letters are as good as large ones.
//	GET /api/class/CODE
//		200 {"open":true|false,"expires"}
//	POST /api/class/CODE/result, a handin.Result
//		201 {"id","key"}; 409 closed; 409 full
//	DELETE /api/class/CODE/result/ID with the result's key, or the class's
//		204
//	GET /api/class/CODE/results?after=N with the class's key
//		200 {"open","expires","next":M,"ids":["…",…],"results":[{"n","id","at","result":{…}},…]}
//		results are those after N, in the order in which they came, at most 200; next is
//		what to ask with next time; ids are those of all that are there now, so that a
//		board can drop what was taken back.
//	POST /api/class/CODE/close, POST /api/class/CODE/open with the class's key
//		200 {"open":false|true}
//	DELETE /api/class/CODE with the class's key
//		204: the class and all its results are gone.
//
// A result (package handin) has at most 16 kB; unknown fields are refused:
//
//	{"nickname":"…", "objective":"lm", "preset":"tiny", "settings":{"steps":"300",…},
//	 "measures":{"val_loss":1.93,…}, "samples":["…",…], "strip":[1,…], "curve":[[0,4.1],[50,3.2],…]}
//
// # How it is kept
//
// Objects keeps the bytes of things under their ids, whole or not at all; a database in
// SQLite's dialect (schema.go) the rest, each change one statement, since D1 has no
// transactions. The bytes come first and the row last: without its row a thing is not
// there, and Server.Sweep removes bytes that have no row.
package share
