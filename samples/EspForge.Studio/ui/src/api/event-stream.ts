import { authorized } from "./client";
import { unwrap } from "./envelope";
import { ApiError } from "./error";

export interface StreamEvent {
  type: string;
  data: string;
  id: string | null;
}

/** Reads `text/event-stream` from pieces of any size (WHATWG HTML, section 9.2.6). */
export class EventStreamParser {
  private buffer = "";
  private data: string[] = [];
  private type = "";
  private started = false;
  lastEventId: string | null = null;
  retryMs: number | null = null;

  push(chunk: string): StreamEvent[] {
    let text = this.buffer + chunk;
    if (!this.started && text.length > 0) {
      this.started = true;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    const events: StreamEvent[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code !== 10 && code !== 13) continue;
      if (code === 13 && at === text.length - 1) break; // the \n of \r\n may be in the next piece
      this.line(text.slice(from, at), events);
      if (code === 13 && text.charCodeAt(at + 1) === 10) at++;
      from = at + 1;
    }
    this.buffer = text.slice(from);
    return events;
  }

  private line(line: string, events: StreamEvent[]) {
    if (line === "") {
      if (this.data.length > 0) {
        events.push({ type: this.type || "message", data: this.data.join("\n"), id: this.lastEventId });
      }
      this.data = [];
      this.type = "";
      return;
    }
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") this.data.push(value);
    else if (field === "event") this.type = value;
    else if (field === "id" && !value.includes("\0")) this.lastEventId = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }
}

export type StreamState = "connecting" | "live" | "reconnecting" | "ended";
export interface StreamOptions {
  onEvent: (event: StreamEvent) => void;
  onState?: (state: StreamState) => void;
  onRefused?: (error: ApiError) => void;
  /** The event after which the server has nothing more to say. */
  endEvent?: string;
}

/** Longest silence before the connection is taken for lost; the server comments every 15 s. */
const SILENCE_MS = 45_000;
const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });

/** 1 s, 2 s, 4 s … 30 s, a quarter of it by chance so that a fleet of tabs does not come back at once. */
export function backoffMs(attempt: number, random = Math.random()): number {
  const full = Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5));
  return Math.round(full * (0.75 + random * 0.25));
}

async function readOnce(address: string, parser: EventStreamParser, options: StreamOptions, signal: AbortSignal): Promise<"ended" | "lost"> {
  const silence = new AbortController();
  const both = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (parser.lastEventId !== null) headers["Last-Event-ID"] = parser.lastEventId;
    const response = await authorized(address, { headers, signal: both, cache: "no-store" });
    if (!response.ok) await unwrap<never>(response);
    const body = response.body;
    if (body === null) return "lost";
    options.onState?.("live");
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return "lost";
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      for (const event of parser.push(value)) {
        options.onEvent(event);
        if (event.type === options.endEvent) {
          await reader.cancel().catch(() => undefined);
          return "ended";
        }
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Follows a stream until it ends or the returned function is called; a lost connection is made again by itself. */
export function follow(address: string, options: StreamOptions): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  void (async () => {
    let attempt = 0;
    let lastEventId: string | null = null;
    options.onState?.("connecting");
    while (!signal.aborted) {
      const parser = new EventStreamParser();
      parser.lastEventId = lastEventId;
      let live = false;
      const watched: StreamOptions = {
        ...options,
        onState: (state) => {
          live ||= state === "live";
          options.onState?.(state);
        },
      };
      try {
        if ((await readOnce(address, parser, watched, signal)) === "ended") {
          options.onState?.("ended");
          return;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
          options.onState?.("ended");
          options.onRefused?.(error);
          return;
        }
      }
      if (signal.aborted) return;
      lastEventId = parser.lastEventId;
      attempt = live ? 0 : attempt + 1;
      options.onState?.("reconnecting");
      await wait(parser.retryMs ?? backoffMs(attempt), signal);
    }
  })();
  return () => controller.abort();
}
