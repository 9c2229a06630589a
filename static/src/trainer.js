// The trainer's worker. Commands that come while the module is loading wait
// in hornbookQueue; the module then takes over onmessage.
"use strict";

importScripts("wasm_exec.js");

self.hornbookQueue = [];
self.onmessage = (message) => self.hornbookQueue.push(message.data);

function gone(detail) {
  self.postMessage(JSON.stringify({ event: "problem", code: "trainer_gone", key: "", got: "", want: "", detail: String(detail), id: 0 }));
  self.postMessage(JSON.stringify({ event: "state", state: "failed", reason: "trainer_gone" }));
}

async function open() {
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("trainer.wasm"), go.importObject);
  await go.run(instance);
  gone("the module has ended");
}

open().catch(gone);
