// The reader's worker, which makes one text of documents; the build puts
// wasm_exec.js and files.js before this script. It is asked once, by a message
// { packed, files, names, encoding } (packed as for the trainer), answers by
// { json, text } (wasm/reader says what they are), or by { gone } if it could
// not, and is then of no more use.
"use strict";

self.onmessage = async ({ data }) => {
  self.onmessage = null;
  self.hornbookPacked = data.packed;
  self.hornbookAsked = data;
  try {
    const go = new Go();
    go.exit = (status) => { if (status) self.postMessage({ gone: "status " + status }); };
    const { instance } = await WebAssembly.instantiateStreaming(self.hornbookFile("reader.wasm"), go.importObject);
    await go.run(instance);
  } catch (error) {
    self.postMessage({ gone: String(error) });
  }
};
