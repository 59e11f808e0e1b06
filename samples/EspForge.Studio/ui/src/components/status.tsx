import { cn } from "@/lib/cn";
import { STATUS_COLOR, type StatusKind } from "@/lib/status";

/** The shape of a status; always beside its word. Drawn, so that it looks the same in every font. */
export function StatusShape({ kind, className }: { kind: StatusKind; className?: string }) {
  const color = STATUS_COLOR[kind];
  return (
    <svg viewBox="0 0 12 12" aria-hidden className={cn("size-3 shrink-0", className)} style={{ color }} fill="none" stroke="currentColor" strokeWidth="1.6">
      {kind === "confirmed" && <circle cx="6" cy="6" r="4.8" fill="currentColor" stroke="none" />}
      {kind === "working" && (
        <>
          <circle cx="6" cy="6" r="4.4" />
          <path d="M6 1.6a4.4 4.4 0 0 0 0 8.8z" fill="currentColor" stroke="none" />
        </>
      )}
      {kind === "waiting" && <circle cx="6" cy="6" r="4.4" />}
      {kind === "warning" && <path d="M6 .8 11.6 11H.4z" fill="currentColor" stroke="none" />}
      {kind === "failed" && <path d="m2 2 8 8m0-8-8 8" strokeWidth="2.2" />}
      {kind === "rolledBack" && (
        <>
          <path d="M2.4 4.2A4.3 4.3 0 1 1 1.8 7" />
          <path d="M.8 1.4v4h4z" fill="currentColor" stroke="none" />
        </>
      )}
      {kind === "silent" && <circle cx="6" cy="6" r="4.4" strokeDasharray="2.1 1.7" />}
    </svg>
  );
}

interface StatusProps extends React.ComponentProps<"span"> {
  kind: StatusKind;
  word: string;
}

export function Status({ kind, word, className, ...props }: StatusProps) {
  return (
    <span className={cn("inline-flex items-center gap-1.5 align-middle whitespace-nowrap", className)} {...props}>
      <StatusShape kind={kind} />
      {word}
    </span>
  );
}

/** The same, framed in its colour: the one state a page is about. */
export function StatusBadge({ kind, word, className, ...props }: StatusProps) {
  return (
    <span
      className={cn("inline-flex h-6 items-center gap-1.5 rounded-md border px-2 text-sm font-medium whitespace-nowrap", className)}
      style={{
        borderColor: `color-mix(in oklab, ${STATUS_COLOR[kind]} 55%, transparent)`,
        background: `color-mix(in oklab, ${STATUS_COLOR[kind]} 12%, transparent)`,
      }}
      {...props}
    >
      <StatusShape kind={kind} />
      {word}
    </span>
  );
}
