// Watches the page's run: each change of what it says of itself is noted once.
(() => {
  const seen = (self.hornbookSeen = []);
  const note = () => {
    const run = document.querySelector("#run");
    if (!run) return;
    const now = Object.fromEntries([...run.attributes].filter((a) => a.name.startsWith("data-")).map((a) => [a.name.slice(5), a.value]));
    const last = seen.at(-1);
    if (!last || Object.keys(now).some((key) => key.startsWith("measure") && now[key] !== last[key]) || now.state !== last.state) seen.push({ ...now, at: performance.now() / 1000 });
  };
  new MutationObserver(note).observe(document.querySelector("#strip"), { attributes: true, childList: true, subtree: true });
  note();
  return true;
})();
