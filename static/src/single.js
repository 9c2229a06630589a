// The first script of the page that is one single file: takes the packed files
// and the workers' scripts out of the page, for files.js.
"use strict";

(() => {
  function bytes(base64) {
    const text = atob(base64);
    const out = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    return out;
  }

  const files = new Map();
  for (const element of document.querySelectorAll("script[data-file]")) {
    files.set(element.dataset.file, { gzip: new Blob([bytes(element.textContent)]), over: element.dataset.over });
    element.remove();
  }
  const scripts = new Map();
  for (const element of document.querySelectorAll("script[data-worker]")) {
    scripts.set(element.dataset.worker, new Blob([element.textContent], { type: "text/javascript" }));
  }
  self.hornbookPacked = { scripts, files };
})();
