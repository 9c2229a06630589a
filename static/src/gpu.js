// The graphics card, for model/webgpu: opened once, then driven by lists of numbers that
// Go writes into its memory, so that many operations cost one call. Buffers, pipelines and
// groups of buffers are known to Go by their places here. What goes wrong is kept, the
// first of it, and asked for with problem.
"use strict";

self.hornbookGPU = {
  async open() {
    const adapter = await soon(navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }));
    if (!adapter) throw new Error("no adapter");
    const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
    const device = await soon(adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } }));
    return new Card(adapter, device);
  },
};

// soon is a promise that does not wait for ever.
const soon = (promise) => Promise.race([promise, new Promise((_, late) => setTimeout(late, 20000, new Error("no answer")))]);

// A call is a pipeline, a group, where its uniforms begin, and how many workgroups.
const CALL = 6;
const UNIFORMS = 256;

// Programs that do as if they were cards; not each says so itself.
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

class Card {
  constructor(adapter, device) {
    const { vendor, architecture, device: model, description, isFallbackAdapter } = adapter.info;
    this.name = [vendor, architecture, model, description].filter(Boolean).join(" ");
    this.software = Boolean(isFallbackAdapter ?? adapter.isFallbackAdapter) || SOFTWARE.test(this.name);
    this.most = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    this.device = device;
    this.buffers = [];
    this.pipelines = [];
    this.groups = [];
    this.layouts = [];
    this.wrong = "";
    device.addEventListener("uncapturederror", (event) => { this.wrong ||= event.error.message; event.preventDefault(); });
    this.waiting = new Set(); // what to call for each read under way if the device is lost, since some never end then
    device.lost.then((info) => {
      this.wrong ||= `lost: ${info.reason} ${info.message}`;
      for (const end of this.waiting) end(new Error(this.wrong));
    });
  }

  problem() { return this.wrong; }

  bytes(at, n) { return new Uint8Array(self.hornbookMemory.buffer, at, n); }

  // buffer makes one of so many bytes, all zero.
  buffer(size) {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    this.device.pushErrorScope("out-of-memory");
    this.buffers.push(this.device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST }));
    this.device.popErrorScope().then((error) => { if (error) this.wrong ||= `out of memory: ${error.message}`; }, () => {}); // a lost device says so itself
    return this.buffers.length - 1;
  }

  // free ends a buffer. Go asks no more for groups that have it.
  free(id) {
    this.buffers[id].destroy();
    this.buffers[id] = null;
    this.groups.forEach((group, at) => { if (group?.ids.includes(id)) this.groups[at] = null; });
  }

  // given makes room for the uniforms and the whole numbers of a list of calls.
  given(uniforms, numbers) {
    this.uniforms = this.device.createBuffer({ size: uniforms, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.numbers = this.device.createBuffer({ size: numbers, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  }

  layout(memories) {
    const visibility = GPUShaderStage.COMPUTE;
    return (this.layouts[memories] ??= this.device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: UNIFORMS } },
        { binding: 1, visibility, buffer: { type: "read-only-storage" } },
        ...Array.from({ length: memories }, (_, i) => ({ binding: 2 + i, visibility, buffer: { type: "storage" } })),
      ],
    }));
  }

  // pipeline makes one of a shader that uses so many memories.
  pipeline(label, code, memories) {
    const module = this.device.createShaderModule({ label, code });
    const layout = this.device.createPipelineLayout({ bindGroupLayouts: [this.layout(memories)] });
    this.pipelines.push(this.device.createComputePipeline({ label, layout, compute: { module, entryPoint: "main" } }));
    return this.pipelines.length - 1;
  }

  // group makes one of these buffers.
  group(...ids) {
    const bound = this.device.createBindGroup({
      layout: this.layout(ids.length),
      entries: [
        { binding: 0, resource: { buffer: this.uniforms, size: UNIFORMS } },
        { binding: 1, resource: { buffer: this.numbers } },
        ...ids.map((id, i) => ({ binding: 2 + i, resource: { buffer: this.buffers[id] } })),
      ],
    });
    this.groups.push({ ids, bound });
    return this.groups.length - 1;
  }

  // run lets n calls begin, one after the other, with their uniforms and whole numbers.
  run(calls, n, uniforms, numbers, numbersBytes) {
    const memory = self.hornbookMemory.buffer;
    this.device.queue.writeBuffer(this.uniforms, 0, memory, uniforms, n * UNIFORMS);
    if (numbersBytes > 0) this.device.queue.writeBuffer(this.numbers, 0, memory, numbers, numbersBytes);
    const list = new Int32Array(memory, calls, n * CALL);
    const encoder = this.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const offset = [0];
    for (let at = 0, pipeline = -1; at < list.length; at += CALL) {
      if (list[at] !== pipeline) pass.setPipeline(this.pipelines[(pipeline = list[at])]);
      offset[0] = list[at + 2];
      pass.setBindGroup(0, this.groups[list[at + 1]].bound, offset);
      pass.dispatchWorkgroups(list[at + 3], list[at + 4], list[at + 5]);
    }
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  // write copies bytes of Go's memory into a buffer.
  write(id, to, at, n) {
    this.device.queue.writeBuffer(this.buffers[id], to, self.hornbookMemory.buffer, at, n);
  }

  // read copies them back, once all that was asked for is done.
  async read(id, from, at, n) {
    if (this.wrong) throw new Error(this.wrong);
    const staging = this.device.createBuffer({ size: n, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.buffers[id], from, staging, 0, n);
      this.device.queue.submit([encoder.finish()]);
      await this.mapped(staging);
      this.bytes(at, n).set(new Uint8Array(staging.getMappedRange()));
    } finally {
      staging.destroy();
    }
  }

  mapped(staging) {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      staging.mapAsync(GPUMapMode.READ).then(resolve, reject).finally(() => this.waiting.delete(reject));
    });
  }

  close() { this.device.destroy(); }
}
