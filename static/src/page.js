// Starts the page: checks for SIMD, starts the trainer's worker and the page's
// own module side by side. What the worker says before the page listens waits
// in hornbookEvents.
"use strict";

// vugu evaluates its helper as text, which the Content Security Policy
// forbids; vugu.js already holds it.
window.eval = () => undefined;

// What the browser keeps of the page: its language and what was set. Some
// windows keep nothing.
self.hornbookRecall = (name) => {
  try {
    return localStorage.getItem("hornbook." + name) ?? "";
  } catch {
    return "";
  }
};
self.hornbookKeepSmall = (name, value) => {
  try {
    localStorage.setItem("hornbook." + name, value);
  } catch {
    // it is forgotten
  }
};

function trouble(what) {
  document.getElementById("trouble").hidden = false;
  document.getElementById("trouble-" + what).hidden = false;
}

// A function that adds two vectors: (module (func (result v128) v128.const i32x4 0 0 0 0)).
const simd = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 22, 1, 20, 0, 253, 12,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11]);

async function open() {
  if (typeof WebAssembly !== "object" || !WebAssembly.validate(simd)) {
    trouble("simd");
    return;
  }
  if (self.hornbookPacked && typeof DecompressionStream !== "function") {
    trouble("unpack");
    return;
  }
  window.hornbookEvents = [];
  window.hornbookTrainer = self.hornbookWorker();
  window.hornbookTrainer.postMessage({ packed: self.hornbookPacked });
  window.hornbookTrainer.onmessage = (message) => window.hornbookEvents.push(message.data);
  window.hornbookTrainer.onerror = () => trouble("load");
  try {
    const go = new Go();
    const { instance } = await WebAssembly.instantiateStreaming(self.hornbookFile("app.wasm"), go.importObject);
    go.run(instance).then(() => trouble("end"), () => trouble("end"));
  } catch (error) {
    console.error(error);
    trouble("load");
  }
}

open();
