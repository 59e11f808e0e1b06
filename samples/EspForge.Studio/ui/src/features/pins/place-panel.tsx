import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import type { Board, Plan } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { functionGroups, type Signal } from "@/features/pins/functions";
import { parseUse, nameOf } from "@/features/pins/plan";
import { cn } from "@/lib/cn";
import { matches } from "@/lib/table-search";

interface PlacePanelProps {
  board: Board;
  plan: Plan;
  readOnly: boolean;
  armed: Signal | null;
  /** The best pin for what is armed, once known. */
  best: number | null;
  selected: number | null;
  onPeek: (signal: Signal | null) => void;
  onPick: (signal: Signal) => void;
  onPlaceBest: () => void;
  onDisarm: () => void;
  autoFocus?: boolean;
}

/** What can be placed: search, then Enter or drag. */
export function PlacePanel({ board, plan, readOnly, armed, best, selected, onPeek, onPick, onPlaceBest, onDisarm, autoFocus = false }: PlacePanelProps) {
  const [filter, setFilter] = useState("");
  const groups = useMemo(() => functionGroups(board), [board]);
  const placed = useMemo(() => new Set(plan.uses.map(nameOf)), [plan]);
  const shown = groups
    .map((group) => ({ ...group, signals: group.signals.filter((signal) => matches(`${group.name} ${nameOf(signal)}`, filter)) }))
    .filter((group) => group.signals.length > 0);
  const own = parseUse(filter);
  const first = shown[0]?.signals[0];
  return (
    <div className="flex min-h-0 flex-col">
      <div className="relative border-b p-2">
        <Search className="pointer-events-none absolute top-1/2 left-4 size-4 -translate-y-1/2 text-muted-foreground" aria-hidden />
        <Input
          type="search"
          aria-label="Search functions"
          autoFocus={autoFocus}
          placeholder={selected === null ? "Search, or type your own" : `What goes on GPIO${selected}?`}
          className="pl-8"
          disabled={readOnly}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onDisarm();
            if (event.key !== "Enter") return;
            event.preventDefault();
            if (armed !== null && filter === "") onPlaceBest();
            else if (first) onPick(first);
            else if (own) onPick(own);
            setFilter("");
          }}
        />
      </div>
      {armed !== null && (
        <div role="status" className="flex flex-wrap items-center gap-2 border-b bg-raised px-3 py-2 text-sm">
          <span className="min-w-0">
            Placing <span className="num font-semibold">{nameOf(armed)}</span>: choose a lit pin
          </span>
          <span className="flex gap-1">
            {best !== null && (
              <Button size="sm" onClick={onPlaceBest}>
                On GPIO{best}
              </Button>
            )}
            <Button size="sm" variant="ghost" onClick={onDisarm}>
              Stop
            </Button>
          </span>
        </div>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto p-1" onMouseLeave={() => onPeek(null)}>
        {shown.map((group) => (
          <section key={group.name} aria-label={group.name}>
            <h3 className="px-2 pt-2 pb-0.5 text-xs text-muted-foreground">{group.name}</h3>
            <ul className="flex flex-wrap gap-1 px-1 py-0.5">
              {group.signals.map((signal) => {
                const name = nameOf(signal);
                const isArmed = armed !== null && nameOf(armed) === name;
                return (
                  <li key={name}>
                    <button
                      type="button"
                      draggable={!readOnly}
                      disabled={readOnly}
                      aria-pressed={isArmed}
                      className={cn(
                        "num h-6 rounded-md border px-1.5 text-xs hover:bg-raised disabled:opacity-50 pointer-coarse:h-9 pointer-coarse:px-3",
                        placed.has(name) && "border-confirmed/50 text-muted-foreground",
                        isArmed && "border-foreground bg-raised",
                      )}
                      onMouseEnter={() => onPeek(signal)}
                      onFocus={() => onPeek(signal)}
                      onBlur={() => onPeek(null)}
                      onClick={() => onPick(signal)}
                      onDragStart={(event) => {
                        event.dataTransfer.setData("text/plain", name);
                        onPick(signal);
                      }}
                    >
                      {name}
                      {placed.has(name) && <span className="sr-only"> (placed)</span>}
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
        {filter !== "" && own && !shown.some((group) => group.signals.some((signal) => nameOf(signal) === nameOf(own))) && (
          <button type="button" disabled={readOnly} className="m-1 flex w-[calc(100%-8px)] flex-wrap items-baseline gap-x-2 rounded-md border border-dashed px-2 py-1.5 text-left text-sm hover:bg-raised" onClick={() => onPick(own)}>
            Place <span className="num font-medium">{nameOf(own)}</span> <span className="caption">a part of your own on plain GPIO</span>
          </button>
        )}
      </div>
    </div>
  );
}
