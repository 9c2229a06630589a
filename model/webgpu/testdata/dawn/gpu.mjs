// Gives Node what a worker of the page has of a graphics card, by Dawn's binding, for
// tests of model/webgpu: build/wasm-exec -import …/gpu.mjs. The binding finds
// cards, or SwiftShader, as Vulkan does (VK_ICD_FILENAMES).
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
