// The trainer's worker. Commands that come while the module is loading wait
// in hornbookQueue; the module then takes over onmessage. A worker with a name
// is another rank of a run: the lead's first message is its seat, with the
// module that the lead has compiled.
"use strict";

importScripts("wasm_exec.js", "ranks.js");

const named = self.name !== "";
let seated;
const seat = named ? new Promise((resolve) => { seated = resolve; }) : undefined;

self.hornbookQueue = [];
self.onmessage = (message) => (named ? seated(message.data) : self.hornbookQueue.push(message.data));

function gone(detail) {
  self.hornbookDismiss();
  self.postMessage(JSON.stringify({ event: "problem", code: "trainer_gone", key: "", got: "", want: "", detail: String(detail), id: 0 }));
  self.postMessage(JSON.stringify({ event: "state", state: "failed", reason: "trainer_gone" }));
}

// A function that multiplies and adds vectors in one operation (relaxed SIMD):
// (module (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))).
const relaxed = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
  32, 0, 32, 0, 32, 0, 253, 133, 2, 11]);

function compile() {
  return WebAssembly.compileStreaming(fetch(WebAssembly.validate(relaxed) ? "trainer.fused.wasm" : "trainer.wasm"));
}

async function open() {
  const go = new Go();
  self.hornbookSeat = await seat;
  self.hornbookModule = named ? self.hornbookSeat.module : await compile();
  const instance = await WebAssembly.instantiate(self.hornbookModule, go.importObject);
  self.hornbookMemory = instance.exports.mem;
  await go.run(instance);
  throw new Error("the module has ended");
}

open().catch(named ? () => self.hornbookLost() : gone);
