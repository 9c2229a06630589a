// Package local keeps what is shared in a folder: things as files under their ids, all
// else in share.db, by SQLite.
package local
