// The worker around the program. Starting an instance of Go costs most of what a request
// computes, so that an instance rests when its request is over and answers the next one.
// It never answers two at once: Cloudflare ties what is made for a request to it.
import "./wasm_exec.js";
import { createRuntimeContext, loadModule } from "./runtime.mjs";

const RESTING = 2; // instances, of 7 MB and more
const ANSWERS = 100; // of an instance: what its promises leave behind goes with it
const resting = [];

// What github.com/syumai/workers calls JavaScript by where that may throw.
globalThis.tryCatch = (call) => {
  try {
    return { result: call() };
  } catch (error) {
    return { error };
  }
};

// start starts an instance, which says itself when it is ready.
async function start(env) {
  const go = new Go();
  const context = createRuntimeContext({ env, binding: {} });
  const module = await loadModule();
  await new Promise((ready, failed) => {
    const instance = new WebAssembly.Instance(module, { ...go.importObject, workers: { ready } });
    go.run(instance, context).then(() => failed(new Error("the program ended before it was ready")));
  });
  return { go, context, answers: 0 };
}

// lend gives an instance to a request, and to what it began even where nobody waits for
// the answer any more. An instance whose request never ends is not given to another.
async function lend(env, ctx, ask) {
  const one = resting.pop() ?? await start(env);
  one.context.ctx = ctx;
  const asked = ask(one.context.binding);
  ctx.waitUntil(asked);
  const answer = await asked;
  if (++one.answers < ANSWERS && resting.length < RESTING && !one.go.exited) resting.push(one);
  return answer;
}

export default {
  fetch: (request, env, ctx) => lend(env, ctx, (program) => program.handleRequest(request)),
  scheduled: (event, env, ctx) => lend(env, ctx, (program) => program.runScheduler(event)),
};
