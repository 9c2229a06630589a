package village

// A Fact is something true at the end of a tale, as a question and its answer.
type Fact struct {
	Kind, Question, Answer string
}

func (s *story) facts() []Fact { return nil }
