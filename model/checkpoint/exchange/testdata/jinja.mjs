// Answers template_test.go: a request as JSON on standard input, the answer on
// the file named by the first argument. Hugging Face's Jinja and tokenizer turn
// conversations into text and ids, by the files that an export holds.
import fs from 'node:fs';
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';

const { files, talks } = JSON.parse(fs.readFileSync(0, 'utf8'));
const config = JSON.parse(files['tokenizer_config.json']);
const tokenizer = new Tokenizer(JSON.parse(files['tokenizer.json']), config);
const render = (source, messages, ask) => new Template(source).render({ messages, add_generation_prompt: ask });

// Jinja takes no notice of the marks that say what the assistant says: here they become
// characters, \x01 before and \x02 behind.
const marks = config.chat_template
  .replaceAll('{% generation %}', "{{ '\x01' }}").replaceAll('{% endgeneration %}', "{{ '\x02' }}");

const answers = talks.map((messages) => {
  const text = render(config.chat_template, messages, false);
  const prompt = render(config.chat_template, messages, true);
  return { text, prompt, marked: render(marks, messages, false), ids: tokenizer.encode(text).ids, promptIDs: tokenizer.encode(prompt).ids };
});
fs.writeFileSync(process.argv[2], JSON.stringify(answers));
