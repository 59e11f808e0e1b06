import { ArrowDownToLine } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ApiError } from "@/api/error";
import type { StreamState } from "@/api/event-stream";
import { followLog } from "@/api/log-stream";
import type { LogLine } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";

/** Lines kept on the page; the server keeps the whole log. */
const KEPT = 5_000;

/** Follows a log over server-sent events; lines arrive in bunches, one render a frame. */
export function useLog(path: string | null): { lines: LogLine[]; state: StreamState; refused: ApiError | null } {
  const [log, setLog] = useState<{ path: string | null; lines: LogLine[]; state: StreamState; refused: ApiError | null }>({
    path,
    lines: [],
    state: "connecting",
    refused: null,
  });
  useEffect(() => {
    if (path === null) return;
    setLog({ path, lines: [], state: "connecting", refused: null });
    return followLog(path, {
      onLines: (batch) => setLog((current) => ({ ...current, lines: [...current.lines, ...batch].slice(-KEPT) })),
      onState: (state) => setLog((current) => ({ ...current, state })),
      onRefused: (refused) => setLog((current) => ({ ...current, refused })),
    });
  }, [path]);
  return log.path === path ? log : { lines: [], state: "connecting", refused: null };
}

const STREAM: Record<string, string> = { err: "text-foreground", info: "text-working" };
function tone(line: LogLine): string {
  if (/\b(error|fatal error|panic|assert failed):/i.test(line.text)) return "text-failed";
  if (/\bwarning:/i.test(line.text)) return "text-warning";
  return STREAM[line.stream] ?? "text-foreground/85";
}

interface LogViewProps {
  path: string | null;
  label: string;
  empty: string;
  className?: string;
  testId?: string;
}

/** The end stays in view until the reader scrolls up. */
export function LogView({ path, label, empty, className, testId }: LogViewProps) {
  const { lines, state, refused } = useLog(path);
  const box = useRef<HTMLDivElement>(null);
  const [pinned, setPinned] = useState(true);

  useEffect(() => {
    if (pinned && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, pinned]);

  if (refused !== null) return <ErrorPanel error={refused} />;
  return (
    <div className={cn("relative flex min-h-0 flex-col", className)}>
      <div
        ref={box}
        role="log"
        aria-label={label}
        tabIndex={0}
        data-testid={testId}
        data-stream={state}
        className="num min-h-0 flex-1 overflow-auto bg-background px-3 py-2 text-xs leading-[18px]"
        onScroll={(event) => {
          const element = event.currentTarget;
          setPinned(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
        }}
      >
        {lines.length === 0 ? (
          <p className="py-2 font-sans text-sm text-muted-foreground">{path === null || state === "ended" ? empty : "Waiting for the first line …"}</p>
        ) : (
          lines.map((line) => (
            <div key={line.number} className="flex gap-3">
              <span className="w-8 shrink-0 text-right text-muted-foreground select-none" aria-hidden>
                {line.number}
              </span>
              <span className={cn("min-w-0 break-words whitespace-pre-wrap", tone(line))}>{line.text}</span>
            </div>
          ))
        )}
        {state === "reconnecting" && <p className="mt-1 text-warning">▲ connection lost, reconnecting …</p>}
      </div>
      {!pinned && (
        <Button size="sm" variant="outline" className="absolute right-3 bottom-3" onClick={() => setPinned(true)}>
          <ArrowDownToLine /> Follow
        </Button>
      )}
    </div>
  );
}
