import { url } from "./client";
import type { ApiError } from "./error";
import { follow, type StreamState } from "./event-stream";
import type { LogLine } from "./types";

interface LogReader {
  /** Lines arrive in bunches, at most twenty times a second. */
  onLines: (lines: LogLine[]) => void;
  onState: (state: StreamState) => void;
  onRefused: (error: ApiError) => void;
}

/** Follows a log over server-sent events until its end, or until the returned function is called. */
export function followLog(path: string, reader: LogReader): () => void {
  let pending: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastNumber = -1;
  const flush = () => {
    timer = null;
    const batch = pending;
    pending = [];
    reader.onLines(batch);
  };
  const stop = follow(url(path), {
    endEvent: "end",
    onEvent: (event) => {
      if (event.type !== "line") return;
      try {
        const line = JSON.parse(event.data) as LogLine;
        if (line.number <= lastNumber) return; // sent again after a reconnect
        lastNumber = line.number;
        pending.push(line);
        timer ??= setTimeout(flush, 50);
      } catch {
        // Not a line.
      }
    },
    onState: reader.onState,
    onRefused: reader.onRefused,
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}
