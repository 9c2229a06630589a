// Ranks of a run that trains in several workers: where they meet (the boards
// of model/train), and how the lead starts and ends them. Pointers are places
// in the memory of this worker's module; lengths and places on a board count
// floats.
"use strict";

// Words at the head of a shared board: ranks that have come to the meeting,
// meetings so far, and whether a rank is lost.
const sharing = self.crossOriginIsolated && typeof SharedArrayBuffer === "function"; // some that isolate have none
const CAME = 0, ROUND = 1, LOST = 2, HEAD = 16;

// Bytes of the module's memory, which moves when it grows.
const bytesAt = (pointer, floats) => new Uint8Array(self.hornbookMemory.buffer, pointer, 4 * floats);

// SharedBoard is memory that all ranks see.
class SharedBoard {
  constructor(seat) {
    this.size = seat.size;
    this.words = new Int32Array(seat.shared, 0, HEAD);
    this.bytes = new Uint8Array(seat.shared, 4 * HEAD);
    this.round = -1; // of the meeting that this rank waits for
  }

  put(to, at, pointer, floats) { this.bytes.set(bytesAt(pointer, floats), 4 * at); }
  get(at, pointer, floats) { bytesAt(pointer, floats).set(this.bytes.subarray(4 * at, 4 * (at + floats))); }

  // meet waits at most so long and returns 1 once all have come, 0 if not yet
  // (it is to be called again) and -1 when a rank is lost.
  meet(milliseconds) {
    const words = this.words;
    if (this.round < 0) {
      this.round = Atomics.load(words, ROUND);
      if (Atomics.add(words, CAME, 1) === this.size - 1) {
        Atomics.store(words, CAME, 0);
        Atomics.add(words, ROUND, 1);
        Atomics.notify(words, ROUND);
      }
    }
    if (Atomics.load(words, LOST) === 0) Atomics.wait(words, ROUND, this.round, milliseconds);
    if (Atomics.load(words, ROUND) !== this.round) {
      this.round = -1;
      return 1;
    }
    return Atomics.load(words, LOST) === 0 ? 0 : -1;
  }

  close() {}

  lose() {
    Atomics.store(this.words, LOST, 1);
    Atomics.notify(this.words, ROUND);
  }
}

// SentBoard is for pages that may not share memory: the ranks send each other
// what they put when they meet.
class SentBoard {
  constructor(seat) {
    this.parts = new Map(); // what others have put, by place
    this.peers = [];
    seat.ports.forEach((port, rank) => this.peers.push({ port, rank, sends: [], came: [] })); // not its own, which is empty
    for (const peer of this.peers) {
      peer.port.onmessage = (message) => {
        peer.came.push(message.data);
        this.turn();
      };
    }
  }

  put(to, at, pointer, floats) {
    for (const peer of this.peers) {
      if (to < 0 || to === peer.rank) peer.sends.push({ at, bytes: bytesAt(pointer, floats).slice() });
    }
  }

  get(at, pointer, floats) { bytesAt(pointer, floats).set(this.parts.get(at)); }

  // meet calls turned once all have come.
  meet(turned) {
    for (const peer of this.peers) {
      peer.port.postMessage(peer.sends, peer.sends.map((part) => part.bytes.buffer));
      peer.sends = [];
    }
    this.turned = turned;
    this.turn();
  }

  turn() {
    if (!this.turned || this.peers.some((peer) => peer.came.length === 0)) return;
    for (const peer of this.peers) {
      for (const { at, bytes } of peer.came.shift()) this.parts.set(at, bytes);
    }
    const turned = this.turned;
    this.turned = null;
    turned();
  }

  close() {
    this.turned = null;
    for (const { port } of this.peers) port.close();
  }
}

// The board of a seat.
self.hornbookBoard = (seat) => (seat.shared ? new SharedBoard(seat) : new SentBoard(seat));

// Tells that this worker, which is not the lead, has ended.
self.hornbookLost = () => {
  if (self.hornbookSeat?.shared) new SharedBoard(self.hornbookSeat).lose();
  self.hornbookLead?.postMessage("gone");
};

// seats are what size ranks make their boards of.
function seats(size, floats) {
  const shared = sharing ? new SharedArrayBuffer(4 * (HEAD + floats)) : null;
  const all = Array.from({ length: size }, (_, rank) => ({ rank, size, floats, shared, ports: [] }));
  if (shared) return all;
  for (let a = 0; a < size; a++) {
    for (let b = a + 1; b < size; b++) {
      const { port1, port2 } = new MessageChannel();
      all[a].ports[b] = port1;
      all[b].ports[a] = port2;
    }
  }
  return all;
}

// copyOut copies floats or ids out of the module, to memory that all ranks
// see where that is allowed.
function copyOut(pointer, length) {
  const buffer = sharing ? new SharedArrayBuffer(4 * length) : new ArrayBuffer(4 * length);
  const bytes = new Uint8Array(buffer);
  bytes.set(bytesAt(pointer, length));
  return bytes;
}

let crew = []; // ports to the other ranks, and one by which the page tells of them

// Has the page start the other ranks on a task and returns the lead's seat: in
// Firefox 153 new Worker may never return to a worker. arrays are those that go
// with the task, each its place and length in the module. told hears of each
// "ready", and "gone" when it ends or the browser refuses it.
self.hornbookRecruit = (size, floats, task, arrays, told) => {
  const [lead, ...others] = seats(size, floats);
  const copies = arrays.map(([pointer, length]) => copyOut(pointer, length));
  const module = self.hornbookPacked ? undefined : self.hornbookModule; // workers of file:// may not hand it on
  const line = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (message) => told(message.data);
    crew.push(port1);
    return { near: port1, far: port2 };
  };
  const ranks = others.map((seat) => {
    const { near, far } = line();
    near.postMessage({ ...seat, task, arrays: copies, module }, seat.ports.filter(Boolean));
    return far;
  });
  const page = line().far;
  self.hornbookPage.postMessage({ ranks, told: page }, [...ranks, page]);
  return lead;
};

// Ends the other ranks, whatever they do.
self.hornbookDismiss = () => {
  for (const port of crew) {
    port.onmessage = null;
    port.close();
  }
  crew = [];
  self.hornbookPage?.postMessage({ ranks: [] });
};
