import { duration, exactTime, relativeTime } from "@/lib/format";
import { useNow } from "@/lib/hooks";

/** Relative; the exact time and zone on hover. */
export function Time({ at, className }: { at: string | null | undefined; className?: string }) {
  const now = useNow();
  if (!at) return <span className="text-muted-foreground">never</span>;
  return (
    <time dateTime={at} title={exactTime(at)} className={className ?? "whitespace-nowrap pointer-fine:relative pointer-fine:z-1"}>
      {relativeTime(at, now)}
    </time>
  );
}

/** A duration that still runs when `to` is missing. */
export function Elapsed({ from, to }: { from: string | null | undefined; to?: string | null }) {
  const now = useNow();
  if (!from) return <span>–</span>;
  const end = to ? Date.parse(to) : now;
  return <span className="num whitespace-nowrap">{duration(Math.max(0, end - Date.parse(from)))}</span>;
}
