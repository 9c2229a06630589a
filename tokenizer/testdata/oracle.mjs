// Answers oracle_test.go: a request as JSON on standard input, the answer on the
// file named by the first argument (the Rust trainer writes lines to standard
// output).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { getEncoding } from 'js-tiktoken';
import { Tokenizer as JSTokenizer } from '@huggingface/tokenizers';
import { rustMerges } from './rust.mjs';

const rust = createRequire(import.meta.url)('@anush008/tokenizers');

// By the original alone.
async function encodeRust(tokenizer, texts) {
  let original;
  try {
    original = rust.Tokenizer.fromString(tokenizer);
  } catch (error) {
    throw new Error(`${error.message}: ${tokenizer.slice(0, 2000)}`);
  }
  const answer = { rust: [], rustText: [] };
  for (const text of texts) {
    const ids = (await original.encode(text)).getIds();
    answer.rust.push(ids);
    answer.rustText.push(await original.decode(ids, false));
  }
  return answer;
}

const answers = {
  // Ids, and the text that they decode to, by both of Hugging Face's tokenizers.
  async encode({ tokenizer, file, texts, rustAlone }) {
    tokenizer ||= fs.readFileSync(file, 'utf8');
    const js = new JSTokenizer(JSON.parse(tokenizer), {});
    const original = rust.Tokenizer.fromString(tokenizer);
    const answer = { js: [], jsText: [], rust: [], rustText: [] };
    for (const text of texts.concat(rustAlone ?? [])) {
      if (answer.js.length < texts.length) {
        const ids = js.encode(text).ids;
        answer.js.push(ids);
        answer.jsText.push(ids.length ? js.decode(ids, { clean_up_tokenization_spaces: false }) : '');
      }
      const theirs = (await original.encode(text)).getIds();
      answer.rust.push(theirs);
      answer.rustText.push(await original.decode(theirs, false));
    }
    return answer;
  },
  async encodeAll({ tokenizers, texts }) {
    const all = [];
    for (const tokenizer of tokenizers) all.push(await encodeRust(tokenizer, texts));
    return { all };
  },
  tiktoken({ texts }) {
    const gpt2 = getEncoding('gpt2');
    return { js: texts.map((text) => gpt2.encode(text, [], [])) };
  },
  train({ texts, whole }) {
    return { merges: rustMerges(texts[0], whole) };
  },
};

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
fs.writeFileSync(process.argv[2], JSON.stringify(await answers[request.ask](request)));
