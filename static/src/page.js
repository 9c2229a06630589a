// Starts the page: checks for SIMD, starts the trainer's worker and the page's
// own module side by side. What the worker says before the page listens waits
// in hornbookEvents.
"use strict";

// vugu evaluates its helper as text, which the Content Security Policy
// forbids; vugu.js already holds it.
window.eval = () => undefined;

// Whether bytes are plain text in UTF-8 without a mark.
self.hornbookIsText = (bytes) => {
  if (bytes.includes(0) || (bytes[0] === 0xEF && bytes[1] === 0xBB)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

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

// What the trainer is going to tell at the start, an event a line.
self.hornbookForeseen = () => document.getElementById("foreseen").textContent.trim();

// Puts the first screen and what can go wrong into the language that was chosen,
// or that the browser prefers; English stands there already. Where another
// station than the first is to be open, its place is left empty.
function dress() {
  const preferred = [self.hornbookRecall("language"), ...navigator.languages].map((tag) => tag.toLowerCase().split("-")[0]);
  const language = preferred.find((tag) => tag === "en" || document.getElementById("first-" + tag));
  const first = document.getElementById("first-" + language);
  if (first) {
    document.documentElement.lang = language;
    document.documentElement.dir = first.dir;
    document.getElementById("app").replaceChildren(first.content.cloneNode(true));
    document.getElementById("trouble").replaceChildren(document.getElementById("trouble-" + language).content.cloneNode(true));
  }
  const to = location.hash || self.hornbookRecall("page");
  if (/[?&]lesson=/.test(location.search) || to && !/^#\/(try|$|\?)/.test(to)) document.getElementById("station").replaceChildren();
}

// What is pressed before the page's module is there follows when it is.
function early() {
  const press = () => { window.hornbookPressed = true; };
  document.getElementById("generate")?.addEventListener("click", press, { once: true });
  document.getElementById("prompt")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || document.documentElement.dataset.ready === "true") return;
    event.preventDefault();
    press();
  });
}

function trouble(what) {
  document.getElementById("trouble").hidden = false;
  document.getElementById("trouble-" + what).hidden = false;
}

// A function that adds two vectors: (module (func (result v128) v128.const i32x4 0 0 0 0)).
const simd = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 22, 1, 20, 0, 253, 12,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11]);

// Starts and ends the other ranks of a run for the trainer, which asks by a port:
// for a rank for each of ranks, a port to the lead, in place of those that there
// are. told is a port that hears of a rank that ends.
self.hornbookRanks = []; // their workers
function staff(trainer) {
  trainer.onmessage = ({ data: { ranks, told } }) => {
    for (const worker of self.hornbookRanks) {
      worker.onerror = null;
      worker.terminate();
    }
    self.hornbookRanks = [];
    try {
      ranks.forEach((lead, i) => {
        const worker = self.hornbookWorker({ name: "rank " + (i + 1) });
        self.hornbookRanks.push(worker);
        worker.onerror = (event) => {
          event.preventDefault();
          told.postMessage("gone");
        };
        worker.postMessage({ lead, packed: self.hornbookPacked }, [lead]);
      });
    } catch { // the browser refuses it
      told.postMessage("gone");
    }
  };
}

async function open() {
  dress();
  early();
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
  const { port1, port2 } = new MessageChannel();
  staff(port1);
  window.hornbookTrainer.postMessage({ packed: self.hornbookPacked, page: port2 }, [port2]);
  const begun = new Promise((resolve) => {
    window.hornbookTrainer.onmessage = (first) => {
      window.hornbookTrainer.onmessage = (message) => window.hornbookEvents.push(message.data);
      resolve(first);
    };
  });
  window.hornbookTrainer.onerror = () => trouble("load");
  try {
    const go = new Go();
    const { instance } = await WebAssembly.instantiateStreaming(self.hornbookFile("app.wasm"), go.importObject);
    await begun; // a worker's script is fetched by way of this thread, which the module is going to take
    go.run(instance).then(() => trouble("end"), () => trouble("end"));
  } catch (error) {
    console.error(error);
    trouble("load");
  }
}

open();
