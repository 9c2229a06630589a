// Runs in the page before anything of its own: says at once when the first
// prediction stands there and when the page can be used, and sums up how much
// of the page was moved and how long its thread was taken.
"use strict";

(() => {
  const sums = (window.hornbookVisit = { shift: 0, blocked: 0, longest: 0 });
  const moments = {
    predicted: () => document.querySelector("#next li")?.textContent.trim(),
    ready: () => document.documentElement?.dataset.ready === "true",
  };
  const observer = new MutationObserver(() => {
    for (const name in moments) {
      if (!moments[name]()) continue;
      delete moments[name];
      hornbookMark(`${name} ${performance.now()}`);
    }
    if (Object.keys(moments).length === 0) observer.disconnect();
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["data-ready"] });

  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  observe("layout-shift", (e) => { if (!e.hadRecentInput) sums.shift += e.value; });
  observe("longtask", (e) => {
    sums.blocked += Math.max(0, e.duration - 50);
    sums.longest = Math.max(sums.longest, e.duration);
  });
  observe("paint", (e) => { if (e.name === "first-contentful-paint") sums.painted = e.startTime; });
})();
