import { describe, expect, it } from "vitest";
import type { Build, Device, Project, Release, RolloutSummary, Sample } from "@/api/types";
import { nextSteps } from "@/features/dashboard/next-steps";
import { reasonWords, sentence, tied } from "@/lib/reasons";
import { seriesOf, shortDuration, shortNumber, timeTicks } from "@/features/devices/series";
import { fileOf } from "@/features/projects/paths";
import { drafts } from "@/features/projects/drafts";
import * as format from "@/lib/format";
import { may } from "@/lib/hooks";
import { compareVersions, nextVersions, parseVersion, sortVersions } from "@/lib/semver";
import { compareValues, matches, nextSort, parseSort, tableSearch } from "@/lib/table-search";
import { user, viewer } from "./host";

describe("formatters", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  it("say times relative, both ways", () => {
    expect(format.relativeTime("2026-03-01T11:59:58Z", now)).toBe("just now");
    expect(format.relativeTime("2026-03-01T11:59:20Z", now)).toBe("40 s ago");
    expect(format.relativeTime("2026-03-01T11:30:00Z", now)).toBe("30 min ago");
    expect(format.relativeTime("2026-03-01T15:00:00Z", now)).toBe("in 3 h");
    expect(format.relativeTime("2025-01-01T00:00:00Z", now)).toBe("2025-01-01");
    expect(format.relativeTime("nonsense", now)).toBe("unknown");
  });
  it("say durations with the unit that helps", () => {
    expect([850, 3_240, 59_999, 125_000, 11_520_000, 446_400_000].map(format.duration)).toEqual(["850 ms", "3.2 s", "1 min 00 s", "2 min 05 s", "3 h 12 min", "5 d 4 h"]);
    expect(format.duration(null)).toBe("–");
    expect([0, 45, 600, 5400, 86_400, 604_800].map(format.wholeDuration)).toEqual(["0 s", "45 s", "10 min", "90 min", "24 h", "7 d"]);
  });
  it("say sizes, shares and counts", () => {
    expect([812, 1536, 319_488, 4_194_304].map(format.bytes)).toEqual(["812 B", "1.5 KiB", "312 KiB", "4.0 MiB"]);
    expect([0, 0.0004, 0.004, 0.05, 0.632, 1].map(format.percent)).toEqual(["0%", "<0.1%", "0.4%", "5%", "63.2%", "100%"]);
    expect(format.plural(1, "device")).toBe("1 device");
    expect(format.plural(12_000, "device")).toBe("12,000 devices");
    expect(format.signalWord(-80)).toBe("weak");
  });
  it("make a product's name as the server does", () => {
    expect(format.slug("  Gewächshaus Nord #2 ")).toBe("gewachshaus-nord-2");
    expect(format.slug("x".repeat(40))).toHaveLength(31);
    expect(format.slug("###")).toBe("");
  });
});

describe("versions", () => {
  it("are SemVer 2.0 or nothing", () => {
    expect(parseVersion("1.2.3-rc.1+build.5")).toEqual({ major: 1, minor: 2, patch: 3, pre: ["rc", "1"] });
    for (const bad of ["1.2", "01.2.3", "1.2.3-01", "v1.2.3", "1.2.3-", ""]) expect(parseVersion(bad)).toBeNull();
  });
  it("are ordered as section 11 says", () => {
    const order = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"].map((text) => parseVersion(text)!);
    for (let i = 1; i < order.length; i++) expect(compareVersions(order[i - 1]!, order[i]!)).toBeLessThan(0);
    expect(sortVersions(["1.9.0", "junk", "1.10.0", "1.10.0-rc.1"])).toEqual(["1.10.0", "1.10.0-rc.1", "1.9.0", "junk"]);
  });
  it("suggest the next: patch, first, or further in a pre-release", () => {
    expect(nextVersions([]).suggested).toBe("0.1.0");
    expect(nextVersions(["1.2.9", "1.2.10", "0.9.0"]).suggested).toBe("1.2.11");
    expect(nextVersions(["2.0.0-rc.1", "1.9.0"]).choices.map((choice) => choice.version)).toEqual(["2.0.0-rc.2", "2.0.0", "2.1.0", "3.0.0"]);
    expect(nextVersions(["1.0.0-beta"]).suggested).toBe("1.0.0-beta.1");
    expect(nextVersions(["not a version"]).suggested).toBe("0.1.0");
  });
});

describe("tables", () => {
  it("sort empty values last in both directions, and numbers in words by size", () => {
    const sort = (values: (string | number | null)[], down: boolean) => [...values].sort((a, b) => compareValues(a, b, down));
    expect(sort([3, null, 1], false)).toEqual([1, 3, null]);
    expect(sort([3, null, 1], true)).toEqual([3, 1, null]);
    expect(sort(["pump-10", "pump-9"], false)).toEqual(["pump-9", "pump-10"]);
  });
  it("go up, down and off by pressing a header", () => {
    expect(nextSort(undefined, "name")).toBe("name");
    expect(nextSort("name", "name")).toBe("-name");
    expect(nextSort("-name", "name")).toBeUndefined();
    expect(parseSort("-version")).toEqual({ id: "version", descending: true });
  });
  it("filter by every word, in any order", () => {
    expect(matches("Pump 3 esp32s3 online", "online pump")).toBe(true);
    expect(matches("Pump 3 esp32s3 online", "pump offline")).toBe(false);
  });
  it("take from the address only what is theirs", () => {
    expect(tableSearch({ q: 14, sort: ["x"], hide: "a,b", other: 1 })).toEqual({ q: "14", sort: undefined, hide: "a,b" });
  });
});

describe("permissions", () => {
  it("come with the reason when they are missing", () => {
    expect(may(user, "rollouts.manage")).toEqual({ allowed: true, reason: undefined });
    expect(may(viewer, "rollouts.manage")).toEqual({ allowed: false, reason: "Your role (viewer) may not manage rollouts." });
  });
});

describe("projects", () => {
  it("find the file a compiler's message is about", () => {
    const files = [{ path: "main.c" }, { path: "lib/main.c" }];
    const at = (file: string | null) => fileOf({ file }, files, "pins.h");
    expect(at("./main.c")).toBe("main.c");
    expect(at("/build/src/lib/main.c")).toBe("lib/main.c");
    expect(at("pins.h")).toBe("pins.h");
    expect(at("agent/ef_http.c")).toBeNull();
    expect(at(null)).toBeNull();
  });
  it("keep unsaved text, and none that equals what is saved", () => {
    drafts.write("p", "main.c", "new", { content: "old", etag: "1" });
    expect(drafts.of("p")).toEqual({ "main.c": { text: "new", etag: "1" } });
    expect(drafts.any()).toBe(true);
    drafts.write("p", "main.c", "old", { content: "old", etag: "1" });
    expect(drafts.any()).toBe(false);
  });
});

describe("telemetry", () => {
  const sample = (more: Partial<Sample>): Sample => ({ at: "2026-03-01T12:00:00Z", version: "1.0.0", uptimeMs: 1000, freeHeapBytes: 1000, rssiDbm: null, values: {}, ...more });
  it("becomes one series a value, those without numbers left out", () => {
    const series = seriesOf([sample({ values: { temperature: 20, load: 1 } }), sample({ freeHeapBytes: 3000, values: { temperature: 22 } })]);
    expect(series.map((entry) => entry.label)).toEqual(["Free heap", "Uptime", "load", "temperature"]);
    expect(series[0]).toMatchObject({ now: 3000, min: 1000, max: 3000 });
    expect(series[3]).toMatchObject({ now: 22, min: 20 });
    expect(seriesOf([])).toEqual([]);
  });
  it("has ticks from the first to the last time, with one unit each", () => {
    expect(timeTicks(0, 100, 5)).toEqual([0, 25, 50, 75, 100]);
    expect([90_000, 600_000, 10_800_000, 864_000_000].map(shortDuration)).toEqual(["90 s", "10 min", "3 h", "10 d"]);
  });
  it("writes numbers short", () => {
    expect([0, 2.345, 23.456, 12_345, 2_500_000].map(shortNumber)).toEqual(["0", "2.35", "23.5", "12.3 k", "2.5 M"]);
  });
});

describe("what to do next", () => {
  const project = { id: "p", name: "P" } as Project;
  const build = { id: "b", projectName: "P", version: "1.0.0", state: "succeeded", image: { sha256: "s" } } as Build;
  const release = { id: "r", product: "p", version: "1.0.0", image: { sha256: "s" } } as Release;
  const rollout = { id: "ro", releaseId: "r", name: "P 1.0.0", state: "completed", reason: null } as RolloutSummary;
  const nothing = { projects: [], builds: [], releases: [], rollouts: [], devices: [] };
  const all = () => true;
  it("begins with a project", () => {
    expect(nextSteps(nothing, all).now?.title).toBe("Make a project");
  });
  it("follows the main job", () => {
    expect(nextSteps({ ...nothing, projects: [project] }, all).now?.title).toBe("Build an image");
    expect(nextSteps({ ...nothing, projects: [project], builds: [build] }, all).now?.title).toBe("Sign a release");
    expect(nextSteps({ ...nothing, projects: [project], builds: [build], releases: [release] }, all).now?.title).toBe("Bring in devices");
    expect(nextSteps({ projects: [project], builds: [build], releases: [release], devices: [{} as Device], rollouts: [] }, all).now?.action).toBe("Roll out");
    expect(nextSteps({ projects: [project], builds: [build], releases: [release], devices: [{} as Device], rollouts: [rollout] }, all).now).toBeUndefined();
  });
  it("puts a paused rollout before everything else", () => {
    expect(nextSteps({ ...nothing, rollouts: [{ ...rollout, state: "paused", reason: "too many failures" }] }, all).now).toMatchObject({ title: "P 1.0.0 is paused", why: "too many failures" });
  });
  it("offers a viewer nothing that they may not do", () => {
    expect(nextSteps(nothing, () => false).now).toBeUndefined();
  });
});

describe("a device's reason", () => {
  it("is in plain words, and an unknown code stays what it is", () => {
    expect(reasonWords("confirm-timeout")).toBe("The new image did not confirm itself in time");
    expect(reasonWords("quantum-flux")).toBe("quantum-flux");
    expect(reasonWords(null)).toBe("No reason was reported");
  });
  it("ends with one full stop", () => {
    expect(["It broke", "It broke.", "Why?", ""].map(sentence)).toEqual(["It broke.", "It broke.", "Why?", ""]);
  });
});

describe("a sentence of the gate", () => {
  it("keeps numbers with their units and writes percent as the pages do", () => {
    expect(tied("with 95 % confidence at most 4.5 % fail")).toBe("with 95% confidence at most 4.5% fail");
    expect(tied("the soak of 1 d 00:00:00 is over")).toBe("the soak of\u00a01\u00a0d is over");
    expect(tied("1 d 02:30:00")).toBe("1\u00a0d 02:30:00");
    expect(tied("4 of 4 devices confirmed")).toBe("4\u00a0of\u00a04\u00a0devices confirmed");
  });
});

describe("the signal's chart", () => {
  it("is there only when the device reports it, whatever was missed between", () => {
    const sample = (rssiDbm: number | null): Parameters<typeof seriesOf>[0][number] => ({ at: "2026-01-01T00:00:00Z", version: "1.0.0", uptimeMs: 1, freeHeapBytes: 1000, rssiDbm, values: {} });
    expect(seriesOf([sample(null), sample(null)]).map((series) => series.key)).not.toContain("rssi");
    const rssi = seriesOf([sample(-61), sample(null), sample(-70), sample(null)]).find((series) => series.key === "rssi");
    expect(rssi).toMatchObject({ label: "Signal", now: -70, min: -70, max: -61 });
    expect(rssi?.format(-70.4)).toBe("-70 dBm");
  });
});
