// Hugging Face's Rust trainer, as the npm package @anush008/tokenizers runs it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const rust = createRequire(import.meta.url)('@anush008/tokenizers');

// The merges of a byte-level BPE trained on text, up to 30,000 tokens. The trainer
// reads a file line by line; for the whole text at once (whole) the line ends
// travel as U+E000, which the text must not hold.
export function rustMerges(text, whole) {
  const t = new rust.Tokenizer(rust.BPE.empty());
  t.setPreTokenizer(rust.byteLevelPreTokenizer(false, true));
  if (whole) t.setNormalizer(rust.replace('\ue000', '\n'));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'merges-'));
  const file = path.join(folder, 'text');
  try {
    fs.writeFileSync(file, whole ? text.replaceAll('\n', '\ue000') : text);
    t.train([file]);
    t.save(file);
    return JSON.parse(fs.readFileSync(file)).model.merges.map((m) => m.join(' '));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
