// Runs the worker on workerd, Cloudflare's runtime, with R2 and D1 that end with it:
//
//   node place.mjs BUILD [SITE]
//
// It prints {"url","control"} as one line. At control a test counts what is kept
// (/count), sweeps as if it were some milliseconds later (/sweep?ahead=), runs SQL
// (/sql, the body), puts bytes that no row knows of (/put?id=), and asks for the runtime's processor time (/cpu). It ends when its
// input does.
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
  host: "127.0.0.1", port: 0, cf: false, log: new Log(LogLevel.WARN),
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

// cpu is the processor time in ms that the processes of workerd have taken.
function cpu() {
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (stat.includes("(workerd)") && Number(fields[1]) === process.pid) ticks += Number(fields[11]) + Number(fields[12]);
    } catch {} // a process that has ended since
  }
  return { ms: ticks * 10 };
}

const controls = {
  "/count": count,
  "/cpu": async () => cpu(),
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
