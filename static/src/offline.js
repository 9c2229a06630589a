// Keeps the page in the browser by the service worker sw.js: hornbookKeep
// begins that and tells what comes of it, hornbookRenew opens the new version
// that waits.
"use strict";

(() => {
  let registration;

  // Tells of a version that is being installed: the first is "kept" once it is
  // there, a later one is "newer".
  function follow(worker, told) {
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && registration.active) told("newer");
      if (worker.state === "activated") told("kept");
    });
  }

  // Addresses of this device go from program to program: where there is no sw.js
  // any more, another one lives, and the page that was kept makes way. The next
  // opening is the other's.
  async function makeWay() {
    const answer = await fetch("sw.js", { cache: "no-store" }).catch(() => undefined); // without a network the page stays
    if (answer?.status === 404) await registration.unregister();
  }

  // told hears "single" (the page is one single file) or "apart" (and its
  // workers share no memory), "kept" (it opens without a network), "newer" (another version waits) and "others" (which cannot be
  // used while other tabs show the page); nothing where a browser keeps nothing.
  self.hornbookKeep = async (told) => {
    if (self.hornbookPacked) return told(self.crossOriginIsolated ? "single" : "apart");
    if (!navigator.serviceWorker) return; // not https and not this device
    navigator.serviceWorker.onmessage = (message) => {
      navigator.serviceWorker.oncontrollerchange = null;
      told(message.data);
    };
    try {
      registration = await navigator.serviceWorker.register("sw.js", { updateViaCache: "none" });
    } catch {
      return; // a private window, or the network is gone
    }
    registration.addEventListener("updatefound", () => follow(registration.installing, told));
    if (registration.installing) follow(registration.installing, told);
    if (registration.active) told("kept");
    if (registration.waiting) told("newer");
    if (registration.active) makeWay();
  };

  self.hornbookRenew = () => {
    navigator.serviceWorker.oncontrollerchange = () => location.reload();
    registration.waiting?.postMessage("renew");
  };
})();
