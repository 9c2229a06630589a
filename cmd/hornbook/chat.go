package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"hornbook/model"
	"hornbook/model/checkpoint"
	"hornbook/model/data/chat"
)

// replyMost is the most tokens that the model says at once.
const replyMost = 500

// mostSaid is the longest line that is answered, in bytes.
const mostSaid = 1 << 20

// chatCommand talks with a saved model, a line of the input a turn.
func chatCommand(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("chat", flag.ContinueOnError)
	dir := f.String("run", "", "folder that train saved to")
	system := f.String("system", "", "what the model is told before the conversation")
	s := addSampling(f)
	if err := parse(f, args, errs); err != nil {
		return err
	}
	if *dir == "" {
		return wrongUsage("chat needs a model: -run DIR, the folder that train -objective sft saved to")
	}
	if err := wrongSampling(*s); err != nil {
		return err
	}
	kept, err := runAt(*dir)
	if err != nil {
		return err
	}
	template, has := chat.Of(kept.Tokenizer)
	if !has {
		return errors.New("this model was never taught to chat: its tokenizer lacks the template's tokens; teach it by train -objective sft -from " + quoted(*dir))
	}
	t := talker{kept: kept, template: template, generator: model.NewGenerator(kept.Model), rule: *s, out: out}
	if *system != "" {
		t.said = append(t.said, chat.Message{Role: chat.System, Content: *system})
	}
	return t.talk(os.Stdin)
}

// talker is a conversation.
type talker struct {
	kept      checkpoint.Run
	template  chat.Template
	generator *model.Generator
	rule      model.Sampling
	said      []chat.Message
	out       io.Writer
}

// talk answers each line of in.
func (t *talker) talk(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, mostSaid)
	fmt.Fprint(t.out, "> ")
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			t.said = append(t.said, chat.Message{Role: chat.User, Content: line})
			if err := t.answer(); err != nil {
				return err
			}
		}
		fmt.Fprint(t.out, "> ")
	}
	fmt.Fprintln(t.out)
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line has more than %s, which is too long to be answered", english.Bytes(mostSaid))
	}
	return lines.Err()
}

// answer writes what the model says next, whole characters as they come. What
// of the conversation no longer fits in the context is forgotten.
func (t *talker) answer() error {
	var ids []int32
	ids, t.said = t.template.Within(t.said, t.kept.Model.Context/2)
	rng, stop := t.rule.Rand(), t.template.Stop()
	logits := t.generator.Prompt(ids)
	var reply, held []byte
	for range replyMost {
		id := t.generator.Pick(logits, t.rule, rng)
		if id == stop[0] || id == stop[len(stop)-1] {
			break
		}
		held = append(held, t.kept.Tokenizer.Piece(id)...)
		whole := len(held) - unfinished(held)
		if _, err := t.out.Write(held[:whole]); err != nil {
			return err
		}
		reply = append(reply, held[:whole]...)
		held = append(held[:0], held[whole:]...)
		logits = t.generator.Next(id)
	}
	t.said = append(t.said, chat.Answered(string(reply)))
	t.rule.Seed++ // the same question again may be answered otherwise
	_, err := fmt.Fprintln(t.out)
	return err
}
