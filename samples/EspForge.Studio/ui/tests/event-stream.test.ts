import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { EventStreamParser, backoffMs, follow, type StreamEvent, type StreamState } from "@/api/event-stream";
import { KeyThrottle, followChanges, staleKeys } from "@/api/events";
import { session } from "@/api/session";
import { grant, host, no } from "./host";

beforeEach(() => session.begin(grant("t")));

const parse = (...pieces: string[]): StreamEvent[] => {
  const parser = new EventStreamParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe("the parser of server-sent events", () => {
  it("reads type, data and id", () => {
    expect(parse("id: 7\nevent: line\ndata: hello\n\n")).toEqual([{ type: "line", data: "hello", id: "7" }]);
  });
  it("joins data lines and takes one space off", () => {
    expect(parse("data:  a\ndata:b\n\n")).toEqual([{ type: "message", data: " a\nb", id: null }]);
  });
  it("does not care where the pieces are cut", () => {
    const whole = "event: change\r\ndata: {\"kind\":\"device\"}\r\n\r\nevent: change\r\ndata: 2\r\n\r\n";
    for (let cut = 1; cut < whole.length; cut++) {
      expect(parse(whole.slice(0, cut), whole.slice(cut)).map((event) => event.data)).toEqual(['{"kind":"device"}', "2"]);
    }
  });
  it("passes over comments, empty events and unknown fields", () => {
    expect(parse(": keep-alive\n\nfoo: bar\n\nevent: x\n\n")).toEqual([]);
  });
  it("forgets the event type after an event, keeps the id", () => {
    expect(parse("id: 1\nevent: a\ndata: 1\n\ndata: 2\n\n")).toEqual([
      { type: "a", data: "1", id: "1" },
      { type: "message", data: "2", id: "1" },
    ]);
  });
  it("takes a byte order mark and a retry time", () => {
    const parser = new EventStreamParser();
    expect(parser.push("\ufeffdata: x\nretry: 250\n\n")).toHaveLength(1);
    expect(parser.retryMs).toBe(250);
  });
});

describe("following a stream", () => {
  const stream = (text: string) => new Response(new TextEncoder().encode(text), { headers: { "Content-Type": "text/event-stream" } });

  it("waits longer after every failure, up to 30 s, never all at once", () => {
    expect([0, 1, 2, 3].map((n) => backoffMs(n, 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backoffMs(20, 1)).toBe(30_000);
    expect(backoffMs(0, 0)).toBe(750);
  });
  it("ends at the end event and does not come back", async () => {
    const calls = host(() => stream("event: line\ndata: 1\n\nevent: end\ndata: {}\n\n"));
    const states: StreamState[] = [];
    await new Promise<void>((resolve) => follow("/x", { endEvent: "end", onEvent: () => undefined, onState: (state) => (states.push(state), state === "ended" && resolve()) }));
    expect(states).toEqual(["connecting", "live", "ended"]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.headers.get("Authorization")).toBe("Bearer t");
  });
  it("comes back after a cut and says where it was", async () => {
    let count = 0;
    const calls = host(() => stream(count++ === 0 ? "retry: 1\nid: 5\ndata: a\n\n" : "id: 6\nevent: end\ndata: b\n\n"));
    const states: StreamState[] = [];
    await new Promise<void>((resolve) => follow("/x", { endEvent: "end", onEvent: () => undefined, onState: (state) => (states.push(state), state === "ended" && resolve()) }));
    expect(states).toEqual(["connecting", "live", "reconnecting", "live", "ended"]);
    expect(calls[1]?.headers.get("Last-Event-ID")).toBe("5");
  });
  it("gives up when it is refused", async () => {
    host(() => no(404, "BUILD_NOT_FOUND", "There is no such build."));
    const refused = await new Promise((resolve) => follow("/x", { onEvent: () => undefined, onRefused: resolve }));
    expect(refused).toMatchObject({ code: "BUILD_NOT_FOUND" });
  });
  it("asks for everything again after a gap, because changes may have been missed", async () => {
    let count = 0;
    host(() => (count++ === 0 ? stream("retry: 1\n\n") : new Response(new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode(": hi\n\n")) }))));
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, "invalidateQueries");
    const stop = followChanges(client);
    await vi.waitFor(() => expect(invalidate).toHaveBeenCalledWith(), { timeout: 10_000 });
    stop();
  });
});

describe("changes", () => {
  it("make the list and the one thing stale", () => {
    expect(staleKeys({ kind: "rollout", id: "r1" })).toEqual([["rollouts"], ["rollout", "r1"]]);
    expect(staleKeys({ kind: "device", id: "d1" })).toEqual([["devices"], ["device", "d1"], ["products"]]);
    expect(staleKeys({ kind: "device", id: "*" })).toContainEqual(["device"]);
    expect(staleKeys({ kind: "something-new" as "audit", id: "1" })).toEqual([]);
  });
  it("are handed on once per window, each key once", () => {
    vi.useFakeTimers();
    const flushed: unknown[] = [];
    const throttle = new KeyThrottle((keys) => flushed.push(keys), 500);
    for (let i = 0; i < 100; i++) throttle.add([["devices"], ["device", `d${i % 2}`]]);
    vi.advanceTimersByTime(499);
    expect(flushed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(flushed).toEqual([[["devices"], ["device", "d0"], ["device", "d1"]]]);
    vi.advanceTimersByTime(5000);
    expect(flushed).toHaveLength(1);
  });
});
