// The service worker keeps the page in the browser, so that it opens without a
// network. The build puts the script files.js before this one, and version and
// files (each file's name and digest): a page with any change has another service
// worker, which fetches all of its files or else comes to nothing. It waits until
// no tab shows the old page, or until a person wants it at once.

const prefix = "hornbook ";
const kept = prefix + version;

// Fetches what this browser needs. The browser checks the digests: a server
// that is just getting another version gives no mixture.
async function keep() {
  const [, other] = self.hornbookForms();
  const cache = await caches.open(kept);
  await cache.addAll(Object.keys(files).filter((name) => name !== other).map((name) =>
    new Request(name, { integrity: files[name], cache: "no-cache" })));
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== kept);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request) {
  const name = request.mode === "navigate" && request.url.split(/[?#]/)[0] === self.registration.scope ? "index.html" : request;
  const cache = await caches.open(kept);
  return (await cache.match(name, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

// Another tab may be training with the old page's files, so that they stay
// until it is closed.
async function renew(asking) {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (tabs.length > 1) asking.postMessage("others");
  else await self.skipWaiting();
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", (event) => event.waitUntil(renew(event.source)));
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
