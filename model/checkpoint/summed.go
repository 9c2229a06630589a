package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
)

// summed is file, whose SHA-256 is taken while it is read. told gets it when all
// was read in order, from the beginning to the end; what is read once more, or
// out of order, does not count.
func summed(file fs.File, told func(sum string)) (fs.File, error) {
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	s := &summedFile{File: file, left: info.Size(), hash: sha256.New(), told: told}
	if r, is := file.(io.ReaderAt); is {
		return &summedAnywhere{s, r}, nil
	}
	return s, nil
}

// summedFile is one that can be read in order only.
type summedFile struct {
	fs.File
	read     int64 // bytes, by Read
	at, left int64 // bytes that were summed, and those that follow
	hash     hash.Hash
	told     func(string)
}

func (s *summedFile) Read(b []byte) (int, error) {
	n, err := s.File.Read(b)
	s.sum(b[:n], s.read)
	s.read += int64(n)
	return n, err
}

// sum takes in what of b, which lies at byte at, comes next.
func (s *summedFile) sum(b []byte, at int64) {
	if at > s.at || at+int64(len(b)) <= s.at {
		return
	}
	b = b[s.at-at:]
	s.hash.Write(b)
	s.at, s.left = s.at+int64(len(b)), s.left-int64(len(b))
	if s.left == 0 {
		s.told(hex.EncodeToString(s.hash.Sum(nil)))
	}
}

// summedAnywhere is one that can be read anywhere.
type summedAnywhere struct {
	*summedFile
	r io.ReaderAt
}

func (s *summedAnywhere) ReadAt(b []byte, at int64) (int, error) {
	n, err := s.r.ReadAt(b, at)
	s.sum(b[:n], at)
	return n, err
}
