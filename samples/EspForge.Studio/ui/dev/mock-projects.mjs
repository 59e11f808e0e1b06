// Projects of the mock host: files with their tags, history, search, rename, archives.
import * as w from "./world.mjs";

const filesOf = (id) => [...w.files].filter(([key]) => key.startsWith(`${id}/`)).map(([key, f]) => [key.slice(id.length + 1), f]);
export const projectOf = (id) => {
  const p = w.projects.find((x) => x.id === id);
  if (p) {
    p.files = filesOf(id).map(([path, f]) => ({ path, sizeBytes: f.sizeBytes, updatedAt: f.updatedAt })).sort((a, b) => a.path.localeCompare(b.path));
    const ini = w.files.get(`${id}/platformio.ini`)?.content ?? "";
    p.environments = [...ini.matchAll(/^\[env:([\w.-]+)\]/gm)].map((m) => m[1]);
  }
  return p;
};

export function projectRoutes({ ok, no, tell }) {
  const missing = () => no(404, "FILE_NOT_FOUND", "The project has no such file.");
  /** Why a request with If-Match or If-None-Match is not to be done. */
  const unmet = (c, f, path) => {
    const match = c.req.headers["if-match"];
    if (c.req.headers["if-none-match"] === "*" && f) return no(412, "FILE_EXISTS", `There is a file '${path}' already.`);
    if (match === undefined || (f && match === f.etag)) return null;
    const last = [...(w.history.get(c.m[1]) ?? [])].reverse().find((r) => r.path === path);
    return no(412, "FILE_CHANGED", f ? "It was changed since it was read." : "It was deleted since it was read.", [...(f ? [{ field: "etag", message: f.etag }] : []), { field: "changedBy", message: last?.actorName ?? "Firmware" }, { field: "changedAt", message: last?.at ?? w.ago(0) }]);
  };
  const view = ({ files: _f, settings: _s, ...revision }) => revision;
  const revisionOf = (c) => (w.history.get(c.m[1]) ?? []).find((r) => r.revision === Number(c.m[2]));
  return [
    ["GET", /^projects\/([^/]+)\/files\/(.+)$/, (c) => { const f = w.files.get(`${c.m[1]}/${c.m[2]}`); return f ? ok({ path: c.m[2], ...f }) : missing(); }],
    ["PUT", /^projects\/([^/]+)\/files\/(.+)$/, (c) => {
      const key = `${c.m[1]}/${c.m[2]}`;
      const before = w.files.get(key);
      const refusal = unmet(c, before, c.m[2]);
      if (refusal) return refusal;
      const f = w.fileOf(c.body.content, 0);
      w.files.set(key, f);
      const [a, b] = [before?.content ?? "", f.content].map((text) => new Set(text.split("\n")));
      w.record(projectOf(c.m[1]), { kind: "saved", path: c.m[2], sizeBytes: f.sizeBytes, linesAdded: [...b].filter((line) => !a.has(line)).length, linesRemoved: [...a].filter((line) => !b.has(line)).length, ...(c.req.headers["x-mock-actor"] ? { actor: "user:other", actorName: c.req.headers["x-mock-actor"] } : {}) });
      tell("project", c.m[1]);
      return ok({ path: c.m[2], ...f });
    }],
    ["DELETE", /^projects\/([^/]+)\/files\/(.+)$/, (c) => {
      const key = `${c.m[1]}/${c.m[2]}`;
      const refusal = unmet(c, w.files.get(key), c.m[2]);
      if (refusal) return refusal;
      if (!w.files.delete(key)) return missing();
      w.record(projectOf(c.m[1]), { kind: "deleted", path: c.m[2], linesRemoved: 12 });
      tell("project", c.m[1]);
      return { status: 204 };
    }],
    ["DELETE", /^projects\/([^/]+)\/folders\/(.+)$/, (c) => {
      const gone = filesOf(c.m[1]).filter(([path]) => path.startsWith(`${c.m[2]}/`));
      if (gone.length === 0) return no(404, "FOLDER_NOT_FOUND", "The project has no such folder.");
      for (const [path] of gone) w.files.delete(`${c.m[1]}/${path}`);
      w.record(projectOf(c.m[1]), { kind: "deleted", path: c.m[2], linesRemoved: 12 * gone.length });
      tell("project", c.m[1]);
      return { status: 204 };
    }],
    ["POST", /^projects\/([^/]+)\/rename$/, (c) => {
      const { from, to } = c.body;
      const moving = filesOf(c.m[1]).filter(([path]) => path === from || path.startsWith(`${from}/`));
      if (moving.length === 0) return missing();
      if (filesOf(c.m[1]).some(([path]) => path === to)) return no(409, "FILE_EXISTS", `There is a '${to}' already.`);
      for (const [path, f] of moving) {
        w.files.delete(`${c.m[1]}/${path}`);
        w.files.set(`${c.m[1]}/${to}${path.slice(from.length)}`, f);
      }
      w.record(projectOf(c.m[1]), { kind: "renamed", path: to, fromPath: from });
      tell("project", c.m[1]);
      return ok(projectOf(c.m[1]));
    }],
    ["GET", /^projects\/([^/]+)\/search$/, (c) => {
      const q = c.query.get("q") ?? "";
      const is = (name) => c.query.get(name) === "true";
      let pattern;
      try {
        const text = is("regex") ? q : q.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        pattern = new RegExp(is("word") ? `\\b(?:${text})\\b` : text, is("case") ? "g" : "gi");
      } catch (error) {
        return no(400, "VALIDATION_ERROR", "The request is not valid.", [{ field: "q", message: `This is no regular expression: ${error.message}` }]);
      }
      const matches = filesOf(c.m[1]).flatMap(([path, f]) => f.content.split("\n").flatMap((text, i) => [...text.matchAll(pattern)].filter((m) => m[0]).map((m) => ({ path, line: i + 1, column: m.index + 1, length: m[0].length, text }))));
      return ok({ matches: matches.slice(0, 200), truncated: matches.length > 200 });
    }],
    ["GET", /^projects\/([^/]+)\/history$/, (c) => {
      const path = c.query.get("path");
      const before = Number(c.query.get("before") ?? Infinity);
      return ok([...(w.history.get(c.m[1]) ?? [])].reverse().filter((r) => r.revision < before && (!path || r.path === path || r.fromPath === path)).slice(0, Number(c.query.get("limit") ?? 100)).map(view));
    }],
    ["GET", /^projects\/([^/]+)\/history\/(\d+)\/files\/(.+)$/, (c) => { const text = revisionOf(c)?.files.get(c.m[3]); return text === undefined ? missing() : ok({ path: c.m[3], ...w.fileOf(text, 0) }); }],
    ["GET", /^projects\/([^/]+)\/history\/(\d+)\/plan$/, (c) => { const r = revisionOf(c); return r ? ok({ revision: r.revision, ...r.settings }) : no(404, "REVISION_NOT_FOUND", "The project has no such revision."); }],
    ["POST", /^projects\/([^/]+)\/history\/(\d+)\/restore$/, (c) => {
      const r = revisionOf(c);
      const p = projectOf(c.m[1]);
      if (c.body.path) w.files.set(`${p.id}/${c.body.path}`, w.fileOf(r.files.get(c.body.path), 0));
      else {
        for (const [path] of filesOf(p.id)) w.files.delete(`${p.id}/${path}`);
        for (const [path, text] of r.files) w.files.set(`${p.id}/${path}`, w.fileOf(text, 0));
        Object.assign(p, structuredClone(r.settings));
      }
      w.record(p, { kind: "restored", path: c.body.path ?? null, linesAdded: 3, linesRemoved: 1 });
      tell("project", p.id);
      return ok(projectOf(p.id));
    }],
    ["GET", /^projects\/([^/]+)\/archive$/, (c) => ({ status: 200, bytes: Buffer.from("PK\u0005\u0006" + "\0".repeat(18), "latin1"), type: "application/zip" , id: c.m[1] })],
    ["POST", /^projects\/import$/, (c) => {
      if (!c.query.get("board")) return no(400, "VALIDATION_ERROR", "The request is not valid.", [{ field: "board", message: "The archive names no board that is known here; name one of GET boards with ?board=." }]);
      const board = w.boards.find((b) => b.id === c.query.get("board"));
      const p = { id: w.uuid(), name: c.query.get("name") ?? "Imported", product: "imported", board: board.id, chip: board.chip, toolchain: "host", environments: [], revision: 0, plan: { board: board.id, uses: [] }, files: [], createdAt: w.ago(0), updatedAt: w.ago(0) };
      w.projects.unshift(p);
      w.files.set(`${p.id}/main.c`, w.fileOf("int main(void)\n{\n}\n", 0));
      w.record(p, { kind: "imported", linesAdded: 3 });
      return ok(projectOf(p.id), 201);
    }],
    ["GET", /^toolchains$/, () => ok(w.toolchains)],
    ["POST", /^toolchains\/([^/]+)\/install$/, (c) => {
      const t = w.toolchains.find((x) => x.id === c.m[1]);
      if (!t.canInstall) return no(409, "INSTALL_NOT_ALLOWED", `This host does not install by itself. Run: ${t.missing[0]?.command}`);
      t.installing = true;
      const list = [];
      w.logs.set(`install ${t.id}`, list);
      let i = 0;
      const timer = setInterval(() => {
        list.push({ number: list.length + 1, stream: i % 7 === 0 ? "info" : "out", text: i % 7 === 0 ? `$ ${t.missing[Math.min(t.missing.length - 1, Math.floor(i / 7))].command}` : `Get:${i} https://packages.example/pool/part-${i}.deb [${i * 37} kB]` });
        if (++i < 18 && t.installing) return;
        clearInterval(timer);
        if (t.installing) Object.assign(t, { ready: true, versions: "PlatformIO Core 6.1.18, espressif32 6.13.0", missing: [] });
        t.installing = false;
        tell("toolchain", t.id);
      }, 250);
      tell("toolchain", t.id);
      return ok(t, 202);
    }],
    ["POST", /^toolchains\/([^/]+)\/install\/cancel$/, (c) => { const t = w.toolchains.find((x) => x.id === c.m[1]); t.installing = false; tell("toolchain", t.id); return ok(t); }],
    ["GET", /^api-keys$/, () => ok(w.apiKeys)],
    ["POST", /^api-keys$/, (c) => {
      const key = `efk_${Buffer.from(w.sha(String(Math.random())), "hex").toString("base64url")}`;
      const apiKey = { id: w.uuid(), name: c.body.name, permissions: c.body.permissions, createdAt: w.ago(0), createdBy: w.ME, expiresAt: c.body.expiresAt ?? null, lastUsedAt: null, prefix: key.slice(0, 10) };
      w.apiKeys.unshift(apiKey);
      return ok({ apiKey, key }, 201);
    }],
    ["DELETE", /^api-keys\/(.+)$/, (c) => (w.apiKeys.splice(w.apiKeys.findIndex((k) => k.id === c.m[1]), 1), { status: 204 })],
    ["GET", /^builds\/([^/]+)\/parts\/(.+)$/, () => ({ status: 200, bytes: Buffer.alloc(64, 0xe9), type: "application/octet-stream" })],
    ["GET", /^images\/([^/]+)\/content$/, () => ({ status: 200, bytes: Buffer.alloc(64, 0xe9), type: "application/octet-stream" })],
  ];
}
