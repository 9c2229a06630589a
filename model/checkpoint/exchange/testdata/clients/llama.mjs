// Answers llamacpp_test.go: a request as JSON on standard input, the answer on
// the file named by the first argument. llama.cpp loads each GGUF file, cuts each
// prompt into ids, and goes on from it, always with the likeliest token; the
// logits of each step come along.
import fs from 'node:fs';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

const { files, prompts, tokens, context } = JSON.parse(fs.readFileSync(0, 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });

async function goOn(file) {
  const model = await llama.loadModel({ modelPath: file, useMmap: false });
  // F32 instead of F16 for keys and values, and no flash attention: as exact as it goes.
  const ctx = await model.createContext({
    contextSize: context, batchSize: context, threads: 1, flashAttention: false,
    experimentalKvCacheKeyType: 'F32', experimentalKvCacheValueType: 'F32',
  });
  const sequence = ctx.getSequence();
  const answers = [];
  for (const text of prompts) {
    await sequence.clearHistory();
    const ids = model.tokenize(text);
    const written = [], logits = [];
    let input = ids;
    while (written.length < tokens) {
      const last = input.length - 1;
      const next = { generateNext: { token: true, logits: true, options: { temperature: 0 } } };
      const result = await sequence.controlledEvaluate(input.map((token, i) => (i === last ? [token, next] : token)));
      const { token, logits: all } = result[last].next;
      written.push(token);
      logits.push(Array.from({ length: all.size }, (_, id) => all.get(id)));
      input = [token];
    }
    answers.push({ ids: [...ids], written, logits });
  }
  const { eos } = model.tokens;
  await model.dispose();
  return { answers, eos };
}

const all = {};
for (const [name, file] of Object.entries(files)) all[name] = await goOn(file);
fs.writeFileSync(process.argv[2], JSON.stringify(all));
process.exit(0);
