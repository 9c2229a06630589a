// Answers template_test.go: a request as JSON on standard input, the answer on
// the file named by the first argument. llama.cpp's client for Node loads a GGUF
// file, and turns conversations into ids by the template that it finds there: up
// to where the model speaks next, or an end that is not written yet.
import fs from 'node:fs';
import { getLlama, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp';

const { files: { model: file }, talks, stop } = JSON.parse(fs.readFileSync(0, 'utf8'));
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: file, useMmap: false });
const wrapper = resolveChatWrapper(model, { type: 'jinjaTemplate', fallbackToOtherWrappersOnJinjaError: false });

const said = ({ role, content }) =>
  (role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content });
const answers = talks.map((messages) => {
  const chatHistory = messages.map(said);
  if (chatHistory.at(-1).type !== 'model') chatHistory.push({ type: 'model', response: [] });
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({ chatHistory });
  return { ids: contextText.tokenize(model.tokenizer), stops: stopGenerationTriggers.map((text) => text.tokenize(model.tokenizer)) };
});
fs.writeFileSync(process.argv[2], JSON.stringify({
  answers, eos: model.tokens.eos, eot: model.tokens.eot, ends: stop.map((id) => model.isEogToken(id)),
}));
process.exit(0);
