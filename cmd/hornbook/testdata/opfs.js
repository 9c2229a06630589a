// The worker that runs a Go test binary: its arguments and environment come in
// a message, its output goes to the page line by line, and last its exit code.
"use strict";

importScripts("wasm_exec.js");

const decoder = new TextDecoder();
let line = "";
globalThis.fs.writeSync = (fd, bytes) => {
  const lines = (line + decoder.decode(bytes)).split("\n");
  line = lines.pop();
  for (const text of lines) postMessage(text);
  return bytes.length;
};

self.onmessage = async (message) => {
  const go = new Go();
  go.argv = ["opfs.test", ...message.data.args];
  go.env = message.data.env;
  go.exit = (code) => {
    postMessage({ code });
    self.close(); // a timer that Go still has would wake a program that has ended
  };
  self.hornbookValues = () => go._values.filter((v) => v !== undefined && v !== null).length;
  const { instance } = await WebAssembly.instantiateStreaming(fetch("opfs.wasm"), go.importObject);
  await go.run(instance);
};
