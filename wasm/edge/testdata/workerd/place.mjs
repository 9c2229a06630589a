// Runs the worker on workerd, Cloudflare's runtime, with R2 and D1 that end with it:
//
//   node place.mjs BUILD [SITE]
//
// It prints {"url","control"} as one line. At control a test counts what is kept
// (/count), sweeps as if it were some milliseconds later (/sweep?ahead=), runs SQL
// (/sql, the body), puts bytes that no row knows of (/put?id=), and, if PROFILE is set,
// asks how long the worker has computed (/profile). It ends when its input does.
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";

const [build, site] = process.argv.slice(2);
const file = (name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: resolve(build, name) });

// headersOf reads _headers as Cloudflare does, as far as ours needs it.
function headersOf(text) {
  const rules = {};
  let set;
  for (const line of text.split("\n")) {
    if (/^\S/.test(line)) rules[line] = { set: (set = {}) };
    else if (line) set[line.slice(0, line.indexOf(":")).trim()] = line.slice(line.indexOf(":") + 1).trim();
  }
  return { version: 2, rules };
}

const assets = site && {
  directory: resolve(site),
  routerConfig: { has_user_worker: true, static_routing: { user_worker: ["/api/*"] } },
  assetConfig: {
    html_handling: "none",
    headers: headersOf(readFileSync(join(site, "_headers"), "utf8")),
    redirects: { version: 1, staticRules: { "/": { status: 200, to: "/index.html", lineNumber: 1 } }, rules: {} },
  },
};

const place = new Miniflare({
  host: "127.0.0.1", port: 0, ...(process.env.PROFILE && { inspectorPort: 0 }), cf: false, log: new Log(LogLevel.WARN),
  modules: ["worker.mjs", ...readdirSync(build).filter((name) => /\.(mjs|js|wasm)$/.test(name) && name !== "worker.mjs")].map(file),
  modulesRoot: resolve(build), compatibilityDate: "2026-04-01",
  r2Buckets: ["THINGS"], d1Databases: ["ROWS"], bindings: { UPLOADS: process.env.UPLOADS ?? "on" },
  ...(assets && { assets }),
});

async function count() {
  const bucket = await place.getR2Bucket("THINGS"), db = await place.getD1Database("ROWS");
  let objects = 0, rows = 0, cursor;
  do {
    const page = await bucket.list({ cursor });
    objects += page.objects.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  for (const table of ["things", "classes", "results"]) {
    try {
      rows += await db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).first("n");
    } catch (err) {
      if (!/no such table/.test(err)) throw err; // none yet
    }
  }
  return { objects, rows };
}

// profile is the time in ms that the worker's isolate has computed since the last time it
// was asked, as V8's profiler sees it: JavaScript, Go, and what collects their garbage.
// R2, D1 and the network are others' isolates, or none's. It looks every 0.4 ms: four times
// as often, and its own looking is a third of what it sees.
let inspector, asked = 0;
const answers = new Map();
const inspect = (method, params) => new Promise((done) => {
  answers.set(++asked, done);
  inspector.send(JSON.stringify({ id: asked, method, params }));
});
async function profile() {
  if (!inspector) {
    const { WebSocket } = await import("ws");
    const at = await place.getInspectorURL();
    const list = await (await fetch(new URL("/json", String(at).replace(/^ws/, "http")))).json();
    const target = list.find((one) => !/assets|router|r2|d1|entry/i.test(one.id ?? "")) ?? list[0];
    inspector = new WebSocket(target.webSocketDebuggerUrl, { headers: { origin: "http://127.0.0.1" } });
    await new Promise((open, failed) => inspector.on("open", open).on("error", failed));
    inspector.on("message", (text) => {
      const said = JSON.parse(text);
      answers.get(said.id)?.(said);
    });
    await inspect("Profiler.enable");
    await inspect("Profiler.setSamplingInterval", { interval: 400 });
    await inspect("Profiler.start");
    return { ms: 0 };
  }
  const { result } = await inspect("Profiler.stop");
  await inspect("Profiler.start");
  const { nodes, samples, timeDeltas } = result.profile;
  const idle = new Set(nodes.filter((n) => ["(idle)", "(program)"].includes(n.callFrame.functionName)).map((n) => n.id));
  let us = 0;
  // A gap between samples is a time in which the isolate waited, or had no core.
  samples.forEach((id, i) => { if (!idle.has(id)) us += Math.min(timeDeltas[i + 1] ?? 0, 1000); });
  return { ms: us / 1000 };
}

const controls = {
  "/count": count,
  "/profile": profile,
  "/sweep": async (url) => {
    const worker = await place.getWorker();
    return worker.scheduled({ scheduledTime: new Date(Date.now() + Number(url.searchParams.get("ahead"))), cron: "17 * * * *" });
  },
  "/put": async (url, body) => { await (await place.getR2Bucket("THINGS")).put(url.searchParams.get("id"), body); },
  "/sql": async (_, body) => (await place.getD1Database("ROWS")).prepare(body).all(),
};

const control = createServer(async (request, answer) => {
  const url = new URL(request.url, "http://x");
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const said = await controls[url.pathname](url, Buffer.concat(chunks).toString());
    answer.end(JSON.stringify(said ?? null));
  } catch (err) {
    answer.writeHead(500).end(String(err?.stack ?? err));
  }
});

const url = await place.ready;
control.listen(0, "127.0.0.1", () =>
  console.log(JSON.stringify({ url: url.origin, control: `http://127.0.0.1:${control.address().port}` })));
process.stdin.resume().on("end", async () => {
  await place.dispose();
  process.exit(0);
});
