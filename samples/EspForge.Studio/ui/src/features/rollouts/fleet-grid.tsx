import { useNavigate } from "@tanstack/react-router";
import { memo, useEffect, useMemo, useRef, useState, type CSSProperties } from "react";
import type { StageView } from "@/api/types";
import { StatusShape } from "@/components/status";
import { Time } from "@/components/time";
import { NEVER_OFFERED, cellSize, wallCellSize, type Cell, type CellGroup, type Counted } from "@/features/rollouts/cells";
import { cn } from "@/lib/cn";
import { count, plural } from "@/lib/format";
import { reasonWords } from "@/lib/reasons";

const KINDS: [Counted, string][] = [
  ["confirmed", "confirmed"],
  ["working", "working"],
  ["waiting", "waiting"],
  ["silent", "silent"],
  ["cancelled", "cancelled"],
  ["rolledBack", "rolled back"],
  ["failed", "failed"],
];

interface FleetGridProps {
  groups: CellGroup[];
  stages: StageView[];
  devices: number;
  currentStage: number;
  running: boolean;
  /** Ids to bring out, e.g. those of one failure reason. */
  marked: ReadonlySet<string> | null;
  /** Read from across the room: larger cells, nothing that asks for a pointer. */
  wall?: boolean;
}

/** One cell a device, by stage, in rank order. One stop for Tab; arrows move inside. */
export function FleetGrid({ groups, stages, devices, currentStage, running, marked, wall = false }: FleetGridProps) {
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const byId = useMemo(() => {
    const map = new Map<string, { cell: Cell; stage: number }>();
    for (const group of groups) for (const cell of group.cells) map.set(cell.deviceId, { cell, stage: group.stage });
    return map;
  }, [groups]);
  const first = groups.find((group) => group.cells.length > 0)?.cells[0]?.deviceId ?? null;
  const stop = focus !== null && byId.has(focus) ? focus : first;
  const open = focus === null ? undefined : byId.get(focus);
  const totals = useMemo(() => {
    const sums: Partial<Record<Counted, number>> = {};
    for (const group of groups) for (const [kind, n] of Object.entries(group.counts)) sums[kind as Counted] = (sums[kind as Counted] ?? 0) + n;
    return sums;
  }, [groups]);
  // "Never offered" says more than "cancelled", as long as it is true of all of them.
  const unoffered = useMemo(() => groups.every((group) => group.cells.every((cell) => cell.state !== "cancelled" || cell.word === NEVER_OFFERED)), [groups]);
  const size = wall ? wallCellSize(devices) : cellSize(devices);
  // A small fleet stands under its stages of the track; a large one takes the whole width, stage by stage.
  const columns = devices <= 60 && stages.length <= 5;

  const idOf = (target: EventTarget) => (target instanceof HTMLElement ? (target.closest<HTMLElement>("[data-device]")?.dataset["device"] ?? null) : null);
  const onKey = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const row = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const current = event.target as HTMLElement;
    if ((step === undefined && row === undefined) || !box.current) return;
    event.preventDefault();
    const cells = [...box.current.querySelectorAll<HTMLElement>("[data-device]")];
    const at = cells.indexOf(current);
    let next: HTMLElement | undefined;
    if (step !== undefined) next = cells[at + step];
    else if (row !== undefined) {
      const from = current.getBoundingClientRect();
      const candidates = row > 0 ? cells.slice(at + 1) : cells.slice(0, at).reverse();
      next = candidates.find((cell) => {
        const to = cell.getBoundingClientRect();
        return Math.abs(to.top - from.top) > 4 && Math.abs(to.left - from.left) <= from.width;
      });
    }
    next?.focus();
  };

  return (
    <div className="flex min-w-0 flex-col">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 border-b px-3 py-2">
        {KINDS.filter(([kind]) => (totals[kind] ?? 0) > 0 || kind === "confirmed" || (kind === "failed" && !totals.rolledBack)).map(([kind, word]) => (
          <span key={kind} className={cn("flex items-center gap-1.5", wall ? "text-xl" : "text-sm")}>
            <StatusShape kind={kind === "cancelled" ? "silent" : kind} className={wall ? "size-4" : undefined} />
            <span className="num font-semibold">{count(totals[kind] ?? 0)}</span>
            <span className="text-muted-foreground">{kind === "cancelled" && unoffered ? NEVER_OFFERED : word}</span>
          </span>
        ))}
      </div>
      <div
        ref={box}
        className={cn("flex flex-col gap-3 p-3", columns && "lg:grid lg:auto-cols-fr lg:grid-flow-col")}
        style={{ "--cell": `${size}px` } as CSSProperties}
        onClick={(event) => {
          const id = idOf(event.target);
          if (id !== null) void navigate({ to: "/devices/$deviceId", params: { deviceId: id }, search: {} });
        }}
        onFocus={(event) => {
          const id = idOf(event.target);
          if (id !== null) setFocus(id);
        }}
        onMouseOver={(event) => {
          const id = idOf(event.target);
          if (id !== null) setFocus(id);
        }}
        onKeyDown={onKey}
      >
        {groups.map((group) => {
          const stage = stages[group.stage];
          const state = group.stage > currentStage ? (running ? "held back" : "not reached") : group.stage === currentStage && running ? "now" : "admitted";
          return (
            <section key={group.stage} aria-label={`Stage ${group.stage + 1}`} className={cn("flex min-w-0 gap-3 max-sm:flex-col max-sm:gap-1", columns && "lg:flex-col lg:gap-1.5")}>
              <header className={cn("w-24 shrink-0 leading-4", wall ? "text-sm" : "text-xs", "max-sm:flex max-sm:w-auto max-sm:gap-2", columns && "whitespace-nowrap lg:flex lg:w-auto lg:gap-2")}>
                <p className="font-semibold">
                  Stage {group.stage + 1} <span className={cn("num font-normal text-muted-foreground", columns && "lg:hidden")}>{stage?.percent}%</span>
                </p>
                <p className="text-muted-foreground">
                  {plural(group.cells.length, "device")}
                  <span className={cn("sm:hidden", columns && "lg:inline")}> · </span>
                  <span className={cn("sm:block", columns && "lg:inline")}>{state}</span>
                </p>
              </header>
              <div className="flex min-w-0 flex-1 flex-wrap content-start gap-[3px]">
                {group.cells.map((cell) => (
                  <FleetCell key={cell.deviceId} cell={cell} tabbable={cell.deviceId === stop} dimmed={marked !== null && !marked.has(cell.deviceId)} />
                ))}
              </div>
            </section>
          );
        })}
      </div>
      <div className={cn("flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 border-t px-3 py-1.5 text-sm", wall && !open && "hidden")}>
        {open ? (
          <>
            <span className="num font-medium">{open.cell.deviceId}</span>
            <span className="flex items-center gap-1.5">
              <StatusShape kind={open.cell.kind} /> {open.cell.word}
              {open.cell.percent !== null && open.cell.kind === "working" && <span className="num">{open.cell.percent}%</span>}
            </span>
            <span className="text-muted-foreground">stage {open.stage + 1}</span>
            {open.cell.fromVersion && (
              <span className="text-muted-foreground">
                from <span className="num">{open.cell.fromVersion}</span>
              </span>
            )}
            {open.cell.error && <span className="text-failed">{reasonWords(open.cell.error)}</span>}
            {open.cell.detail && (
              <span className="min-w-0 truncate text-muted-foreground" title={open.cell.detail}>
                {open.cell.detail}
              </span>
            )}
            {open.cell.changedAt && (
              <span className="ml-auto text-muted-foreground">
                <Time at={open.cell.changedAt} />
              </span>
            )}
          </>
        ) : (
          <span className="text-muted-foreground">
            <span className="pointer-coarse:hidden">Point at a cell to read it; press Enter or click to open the device.</span>
            <span className="hidden pointer-coarse:inline">Touch a cell to open its device.</span>
          </span>
        )}
      </div>
    </div>
  );
}

interface CellProps {
  cell: Cell;
  tabbable: boolean;
  dimmed: boolean;
}

const FleetCell = memo(
  function FleetCell({ cell, tabbable, dimmed }: CellProps) {
    const element = useRef<HTMLButtonElement>(null);
    const before = useRef(cell.kind);
    // A change of state is seen from afar: the cell swells once and settles.
    useEffect(() => {
      if (before.current === cell.kind) return;
      before.current = cell.kind;
      if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      element.current?.animate?.([{ transform: "scale(1.35)" }, { transform: "scale(1)" }], { duration: 240, easing: "ease-out" });
    }, [cell.kind]);
    return (
      <button
        ref={element}
        type="button"
        className="cell"
        data-testid="fleet-cell"
        data-device={cell.deviceId}
        data-state={cell.state}
        data-kind={cell.kind}
        tabIndex={tabbable ? 0 : -1}
        aria-label={`${cell.deviceId}: ${cell.word}`}
        style={dimmed ? { opacity: 0.18 } : undefined}
      />
    );
  },
  (a, b) => a.tabbable === b.tabbable && a.dimmed === b.dimmed && a.cell.state === b.cell.state && a.cell.kind === b.cell.kind && a.cell.deviceId === b.cell.deviceId,
);
