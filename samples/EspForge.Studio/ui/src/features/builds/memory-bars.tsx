import type { BuildMemory } from "@/api/types";
import { memoryBars } from "@/features/builds/memory";
import { cn } from "@/lib/cn";
import { bytes, percent } from "@/lib/format";

const TONE = { good: "bg-working", tight: "bg-warning", over: "bg-failed" } as const;
const WORD = { good: "", tight: "little left", over: "does not fit" } as const;

/** How full the board is, in figures; the bars are the same figures to look at. */
export function MemoryBars({ memory, imageBytes }: { memory: BuildMemory | null; imageBytes: number | null }) {
  const bars = memoryBars(memory, imageBytes);
  if (bars.length === 0) return <p className="text-sm text-muted-foreground">The toolchain told no memory figures for this build.</p>;
  return (
    <ul aria-label="Memory" className="flex flex-col gap-3">
      {bars.map((bar) => (
        <li key={bar.id} data-testid="memory-bar" data-kind={bar.id} data-level={bar.level}>
          <p className="flex items-baseline gap-x-2 text-sm">
            <span className="font-medium">{bar.label}</span>
            <span className="caption min-w-0 truncate" title={bar.of}>
              {bar.of}
            </span>
            <span className="num ml-auto shrink-0">
              {bytes(bar.used)} <span className="text-muted-foreground">of {bytes(bar.total)}</span>
            </span>
          </p>
          <div role="meter" aria-label={bar.label} aria-valuemin={0} aria-valuemax={bar.total} aria-valuenow={Math.min(bar.used, bar.total)} aria-valuetext={`${bar.words}${WORD[bar.level] === "" ? "" : `, ${WORD[bar.level]}`}`} className="mt-1 flex items-center gap-2">
            <span className="flex h-2 flex-1 overflow-hidden rounded-full bg-border">
              <span className={cn("rounded-full", TONE[bar.level])} style={{ width: `${Math.min(100, bar.share * 100)}%` }} />
            </span>
            <span className="num w-12 text-right text-xs">{percent(bar.share)}</span>
          </div>
          {WORD[bar.level] !== "" && (
            <p className={cn("text-xs", bar.level === "over" ? "text-failed" : "text-warning")}>
              {bar.level === "over" ? "✕" : "▲"} {WORD[bar.level]}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
