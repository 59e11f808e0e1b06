import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { url } from "./client";
import { follow, type StreamState } from "./event-stream";
import type { Change } from "./types";

/** Which queries a change makes stale. Keys are `[noun, …]`, an id second. */
export function staleKeys(change: Change): QueryKey[] {
  const { kind } = change;
  // "*" stands for several of the kind.
  const one = (noun: string): QueryKey => (change.id === "*" ? [noun] : [noun, change.id]);
  switch (kind) {
    case "rollout":
      return [["rollouts"], one("rollout")];
    case "board":
      return [["boards"], one("board")];
    case "device":
      return [["devices"], one("device"), ["products"]];
    case "build":
      return [["builds"], one("build")];
    case "release":
      return [["releases"], one("release"), ["products"]];
    case "image":
      return [["images"]];
    case "project":
      return [["projects"], one("project"), one("project-file"), one("project-history"), one("project-search")];
    case "virtual-device":
      return [["virtual-devices"]];
    case "toolchain":
      return [["toolchains"]];
    case "api-key":
      return [["api-keys"]];
    case "audit":
      return [["audit"]];
    default:
      return [];
  }
}

/** Collects keys and hands each on at most once per window, so that a busy fleet does not become a busy server. */
export class KeyThrottle {
  private waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly flush: (keys: QueryKey[]) => void,
    private readonly windowMs = 500,
  ) {}

  add(keys: QueryKey[]) {
    for (const key of keys) this.waiting.set(JSON.stringify(key), key);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const due = [...this.waiting.values()];
      this.waiting.clear();
      this.flush(due);
    }, this.windowMs);
  }

  stop() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting.clear();
  }
}

let live: StreamState = "connecting";
const listeners = new Set<() => void>();
function setLive(state: StreamState) {
  live = state;
  for (const listener of listeners) listener();
}

export function useLiveState(): StreamState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => live,
  );
}

/** The application's one connection for changes. After a gap everything on the screen is asked for again. */
export function followChanges(client: QueryClient): () => void {
  let wasLost = false;
  const throttle = new KeyThrottle((keys) => {
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  });
  const stop = follow(url("events"), {
    onEvent: (event) => {
      if (event.type !== "change") return;
      try {
        throttle.add(staleKeys(JSON.parse(event.data) as Change));
      } catch {
        // A line that is no JSON says nothing that could be refreshed.
      }
    },
    onState: (state) => {
      if (state === "reconnecting") wasLost = true;
      if (state === "live" && wasLost) {
        wasLost = false;
        void client.invalidateQueries();
      }
      setLive(state);
    },
  });
  return () => {
    throttle.stop();
    stop();
    setLive("connecting");
  };
}
