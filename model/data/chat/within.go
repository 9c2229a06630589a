package chat

// Within are the tokens that the assistant is to go on from after messages, and
// as many of them as fit into most tokens: the oldest turns are forgotten, two at
// a time, but never what the system or the user said last.
func (t Template) Within(messages []Message, most int) (ids []int32, remembered []Message) {
	ids = t.Prompt(messages)
	for len(ids) > most {
		begin := 0
		if messages[0].Role == System {
			begin = 1
		}
		if len(messages) < begin+3 {
			break
		}
		messages = append(messages[:begin:begin], messages[begin+2:]...)
		ids = t.Prompt(messages)
	}
	return ids, messages
}
