package data

// Corpus is a text as tokens or, with Lengths, documents that do not know of
// each other.
type Corpus struct {
	IDs     []int32
	Targets []int32 // of documents: the token to be predicted at each place, -1 where none counts; nil: each the next
	Lengths []int32 // of the documents, in order; nil: all is one text
	Bytes   int     // of the text that the tokens were cut from; 0 if that says nothing
}

// Empty tells whether there is nothing in it.
func (c Corpus) Empty() bool { return len(c.IDs) == 0 }
