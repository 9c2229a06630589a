// Where the files of the page come from, for the page and its workers alike:
// from the server, or out of the page itself when it is one single file. Then
// hornbookPacked is { scripts, files }: the workers' scripts by name, and files by
// name, each gzip of its bytes or, where over names another file, of what differs
// from that one (the exclusive or).
"use strict";

// Some call their language "C", with which the chart's numbers cannot be written.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en" });
}

// How such a response names its bytes; the browser compiles no other as wasm.
const kind = (name) => (name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream");

async function unpack({ gzip, over }) {
  const bytes = new Uint8Array(await new Response(gzip.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  if (over) (await unpack(self.hornbookPacked.files.get(over))).forEach((byte, i) => { bytes[i] ^= byte; });
  return bytes;
}

// The response to a request for a file. In the single file it is 404 for what
// was not packed, as a server's would be.
self.hornbookFile = async (name) => {
  if (!self.hornbookPacked) return fetch(name);
  const packed = self.hornbookPacked.files.get(name);
  return packed ? new Response(await unpack(packed), { headers: { "Content-Type": kind(name) } }) : new Response(null, { status: 404 });
};

// Starts a worker on the trainer's script, or on another one. A worker of file://
// may start another only from an address of its own making.
self.hornbookWorker = (options, name = "trainer.js") => {
  const script = self.hornbookPacked?.scripts.get(name);
  return new Worker(script ? URL.createObjectURL(script) : name, options);
};

// A function that multiplies and adds vectors in one operation (relaxed SIMD):
// (module (func (param v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))).
const relaxed = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
  32, 0, 32, 0, 32, 0, 253, 133, 2, 11]);

// The form of the trainer's module that this browser runs, and the other.
self.hornbookForms = () => {
  const forms = ["trainer.fused.wasm", "trainer.wasm"];
  return WebAssembly.validate(relaxed) ? forms : forms.reverse();
};
