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

// part reads some of an object; null if it is gone.
globalThis.part = async (bucket, id, offset, length) => {
  const got = await bucket.get(id, { range: { offset, length } });
  return got && got.bytes();
};

// keep hands a body to R2 by way of a stream of its size, which fails if the body is
// shorter or longer, or after some milliseconds. R2 keeps all or nothing, and compares
// the hash. What comes back is the first block of what is kept and, where that is not
// all, the last; or why it is not kept. One call, since each costs Go some time.
globalThis.keep = async (bucket, id, body, size, sha256, milliseconds, block) => {
  const late = AbortSignal.timeout(milliseconds), lane = new FixedLengthStream(size);
  const cut = body.pipeTo(lane.writable, { signal: late }).then(() => false, () => true);
  try {
    await bucket.put(id, lane.readable, { sha256 });
  } catch (error) {
    if (late.aborted) return "slow";
    if (String(error).includes("SHA-256")) return "sum";
    // R2 may also fail while the body still comes.
    if (await Promise.race([cut, new Promise((done) => setTimeout(done, 1000, false))])) return "cut";
    throw error;
  }
  try {
    return await ends(bucket, id, size, block);
  } catch (error) {
    await bucket.delete(id);
    throw error;
  }
};

async function ends(bucket, id, size, block) {
  const first = Math.min(block, size), last = Math.min(block, size - first);
  const both = new Uint8Array(first + last);
  const read = [part(bucket, id, 0, first), last > 0 ? part(bucket, id, size - last, last) : []];
  (await Promise.all(read)).forEach((b, i) => both.set(b, i * first));
  return both;
}

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
