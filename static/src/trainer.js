// The trainer's worker; the build puts wasm_exec.js, files.js, ranks.js
// and gpu.js before this script. The page starts it, and its first message fits it out: the
// lead with a port to the page; another rank of a run, which has a name, with a
// port to the lead, by which its seat comes and the module that the lead has
// compiled; both with the packed files if the page is one single file. Commands
// that come while the module is loading wait in hornbookQueue; the module then
// takes over onmessage.
"use strict";

const named = self.name !== "";
if (!named) self.postMessage("begun");

self.hornbookQueue = [];
const outfit = new Promise((resolve) => {
  self.onmessage = (first) => {
    self.onmessage = (message) => self.hornbookQueue.push(message.data);
    resolve(first.data);
  };
});

function gone(detail) {
  self.hornbookDismiss();
  self.postMessage(JSON.stringify({ event: "problem", code: "trainer_gone", key: "", got: "", want: "", detail: String(detail), id: 0 }));
  self.postMessage(JSON.stringify({ event: "state", state: "failed", reason: "trainer_gone" }));
}

const compiled = () => WebAssembly.compileStreaming(self.hornbookFile(self.hornbookForms()[0]));

// module is that of a rank, or one's own.
async function module() {
  const { packed, page, lead } = await outfit;
  self.hornbookPacked = packed;
  if (named) {
    self.hornbookLead = lead;
    self.hornbookSeat = await new Promise((resolve) => { lead.onmessage = (message) => resolve(message.data); });
    return self.hornbookSeat.module ?? compiled();
  }
  self.hornbookPage = page;
  return compiled();
}

async function open() {
  const go = new Go();
  self.hornbookModule = await module();
  const instance = await WebAssembly.instantiate(self.hornbookModule, go.importObject);
  self.hornbookMemory = instance.exports.mem;
  await go.run(instance);
  throw new Error("the module has ended");
}

open().catch(named ? () => self.hornbookLost() : gone);
