// Gives Node what a worker of the page has of a graphics card, by Dawn's binding, for
// tests of model/webgpu: build/wasm-exec -import …/gpu.mjs. The binding finds
// cards, or SwiftShader, as Vulkan does (VK_ICD_FILENAMES).
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { create, globals } from "webgpu";

Object.assign(globalThis, globals);
globalThis.self = globalThis;
globalThis.hornbookDawn = create([]); // would be collected, and with it all that it made
Object.defineProperty(globalThis, "navigator", { value: { gpu: globalThis.hornbookDawn }, configurable: true });

const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...args) => {
  const made = await instantiate(...args);
  self.hornbookMemory = (made.instance ?? made).exports.mem;
  return made;
};

createRequire(import.meta.url)("../../../../static/src/gpu.js");

// SwiftShader's threads go on while Node destroys what they use, and now and then that
// ends in a fault after all tests have passed: Node tells the status and goes at once.
process.exit = (code) => {
  writeSync(3, String(code));
  process.kill(process.pid, "SIGKILL");
};
