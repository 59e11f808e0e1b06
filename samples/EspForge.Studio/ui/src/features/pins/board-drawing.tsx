import { useMemo } from "react";
import type { Board, Candidate, Finding, Plan } from "@/api/types";
import { candidateText } from "@/features/pins/cost";
import { layoutBoard, placeRows, stripRows, type Row } from "@/features/pins/layout";
import { pinState, nameOf, usesByGpio, type PinState } from "@/features/pins/plan";
import { useWidth } from "@/lib/hooks";

const TOP = 34;
const FOOT = 30;

export const PIN_MARK: Record<PinState, { word: string; color: string }> = {
  free: { word: "free", color: "var(--waiting)" },
  used: { word: "used", color: "var(--confirmed)" },
  warning: { word: "warning", color: "var(--warning)" },
  error: { word: "error", color: "var(--failed)" },
  reserved: { word: "reserved", color: "var(--silent)" },
};

interface BoardDrawingProps {
  board: Board;
  plan: Plan;
  findings: Finding[];
  selected: number | null;
  onSelect: (gpio: number) => void;
  onDropUse: (gpio: number) => void;
  /** Pins to bring out because a finding or a use is pointed at. */
  pointed: ReadonlySet<number>;
  candidates: Candidate[] | null;
  /** The pin whose use the candidates are for, if it has one. */
  origin: number | null;
  /** A pin is hovered or has the focus. */
  onHover: (gpio: number | null) => void;
}

/** The board from its data: headers in physical order, the module in the middle, one row a pin. */
export function BoardDrawing({ board, plan, findings, selected, onSelect, onDropUse, pointed, candidates, origin, onHover }: BoardDrawingProps) {
  const [box, measured] = useWidth<HTMLDivElement>();
  const layout = useMemo(() => layoutBoard(board), [board]);
  const uses = useMemo(() => usesByGpio(plan), [plan]);
  const facts = useMemo(() => new Map(board.pins.map((pin) => [pin.gpio, pin])), [board]);
  const width = Math.max(200, measured);
  const rows = Math.max(stripRows(layout.left), stripRows(layout.right), 6);
  const narrow = width < 520;
  const pitch = narrow ? 36 : Math.min(34, Math.max(26, Math.floor(600 / rows)));
  const height = TOP + rows * pitch + FOOT;
  const boardWidth = narrow ? Math.min(92, Math.max(60, width * 0.24)) : Math.min(280, Math.max(150, width * 0.3));
  const x0 = (width - boardWidth) / 2;
  const x1 = x0 + boardWidth;
  const best = candidates?.[0];
  const legal = useMemo(() => (candidates === null ? null : new Map(candidates.map((candidate) => [candidate.gpio, candidate]))), [candidates]);
  const left = placeRows(layout.left, pitch, TOP + pitch / 2);
  const right = placeRows(layout.right, pitch, TOP + pitch / 2);
  const usbBottom = board.orientation === null || /usb at the bottom/i.test(board.orientation);

  return (
    <div ref={box} className="w-full">
      {measured > 0 && (
        <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} className="block" role="group" aria-label={`Pins of ${board.name}`}>
          <rect x={x0} y={8} width={boardWidth} height={height - 16} rx={6} fill="var(--board)" stroke="var(--board-line)" />
          <Module board={board} x={x0 + (narrow ? 16 : 34)} y={usbBottom ? 22 : 52} width={boardWidth - (narrow ? 32 : 68)} height={Math.min(190, height * 0.42)} narrow={narrow} />
          <rect x={width / 2 - 16} y={usbBottom ? height - 18 : 2} width={32} height={16} rx={2} fill="var(--chip)" stroke="var(--board-line)" />
          {[...left.map((entry) => ({ ...entry, side: "left" as const })), ...right.map((entry) => ({ ...entry, side: "right" as const }))].map(({ row, y, side }) => {
            const gpio = row.gpio;
            const mine = gpio === null ? [] : (uses.get(gpio) ?? []);
            const names = mine.map((index) => {
              const use = plan.uses[index];
              return use ? nameOf(use) : "";
            });
            const state = gpio === null ? null : pinState(gpio, facts.get(gpio)?.reserved ?? null, mine.length > 0, findings);
            return (
              <PinRow
                key={row.key}
                row={row}
                y={y}
                pitch={pitch}
                side={side}
                edge={side === "left" ? x0 : x1}
                width={width}
                narrow={narrow}
                names={names}
                state={state}
                selected={gpio !== null && gpio === selected}
                pointed={gpio !== null && pointed.has(gpio)}
                lit={gpio !== null && legal !== null && gpio !== origin ? (legal.has(gpio) ? (gpio === best?.gpio ? "best" : "legal") : "out") : null}
                candidate={gpio === null ? undefined : legal?.get(gpio)}
                best={best}
                onHover={onHover}
                onSelect={onSelect}
                onDropUse={onDropUse}
              />
            );
          })}
        </svg>
      )}
      {(board.orientation || layout.note) && (
        <p className="caption px-3 pb-2 text-center">
          {board.orientation}
          {board.orientation && layout.note && ". "}
          {layout.note}
        </p>
      )}
    </div>
  );
}

function Module({ board, x, y, width, height, narrow }: { board: Board; x: number; y: number; width: number; height: number; narrow: boolean }) {
  const antenna = height * 0.22;
  const steps = 5;
  const step = (width - 16) / (steps * 2);
  // As much of the module's name as its lid holds: without what is in it, then without the chip; else nothing.
  const bare = board.module?.replace(/ \(.*$/, "");
  const module = [board.module, bare, bare?.replace(/^ESP32-?/, "")].find((name) => name && name.length * 6.2 <= width - 16) ?? undefined;
  let d = `M${x + 8} ${y + antenna - 7}`;
  for (let i = 0; i < steps; i++) d += `v${-(antenna - 14)}h${step}v${antenna - 14}h${step}`;
  return (
    <g aria-hidden>
      <rect x={x} y={y} width={width} height={height} rx={2} fill="var(--chip)" />
      <path d={d} fill="none" stroke="var(--pad)" strokeWidth={1.5} opacity={0.8} />
      <rect x={x + 5} y={y + antenna} width={width - 10} height={height - antenna - 5} rx={2} fill="none" stroke="var(--chip-text)" opacity={0.35} />
      <text x={x + width / 2} y={y + antenna + (height - antenna) / 2 - 2} textAnchor="middle" fill="var(--chip-text)" fontSize={narrow ? 11 : 14} fontWeight={600}>
        {board.chipName}
      </text>
      {!narrow && module !== undefined && (
        <text x={x + width / 2} y={y + antenna + (height - antenna) / 2 + 16} textAnchor="middle" fill="var(--chip-text)" opacity={0.75} fontSize={10} fontFamily="var(--font-mono)">
          {module}
        </text>
      )}
    </g>
  );
}

interface PinRowProps {
  row: Row;
  y: number;
  pitch: number;
  side: "left" | "right";
  edge: number;
  width: number;
  narrow: boolean;
  names: string[];
  state: PinState | null;
  selected: boolean;
  pointed: boolean;
  lit: "best" | "legal" | "out" | null;
  candidate: Candidate | undefined;
  best: Candidate | undefined;
  onHover: (gpio: number | null) => void;
  onSelect: (gpio: number) => void;
  onDropUse: (gpio: number) => void;
}

function PinRow({ row, y, pitch, side, edge, width, narrow, names, state, selected, pointed, lit, candidate, best, onSelect, onDropUse, onHover }: PinRowProps) {
  const out = side === "left" ? -1 : 1;
  const anchor = side === "left" ? "end" : "start";
  const mirror = side === "left" ? "start" : "end";
  const pad = edge - out * 9;
  const { gpio } = row;
  const kindColor = row.kind === "gnd" ? "var(--muted-foreground)" : row.kind === "power" ? "var(--foreground)" : "var(--foreground)";

  if (gpio === null || state === null) {
    return (
      <g aria-hidden opacity={lit === null ? 0.75 : 0.3}>
        <rect x={pad - 4} y={y - 4} width={8} height={8} rx={row.kind === "gnd" ? 0 : 4} fill={row.kind === "power" ? "var(--pad)" : "var(--input)"} />
        <text x={edge + out * 10} y={y + 4} textAnchor={anchor} fontSize={12} fontFamily="var(--font-mono)" fill={kindColor} opacity={0.7}>
          {row.label}
        </text>
      </g>
    );
  }

  const mark = PIN_MARK[state];
  const outer = side === "left" ? 4 : width - 4;
  const gpioX = edge + out * (narrow ? 26 : 66);
  const pillNear = edge + out * (narrow ? 34 : 92);
  const pillWidth = Math.abs(outer - pillNear);
  const text = names.join(", ");
  const room = Math.max(3, Math.floor((pillWidth - 24) / 7));
  const hint = candidate && best ? candidateText(candidate, best) : null;
  const lines = wrapName(text !== "" ? text : (hint ?? (state === "free" ? "" : mark.word)), room);
  const label = [`GPIO${gpio}`, row.label !== `IO${gpio}` ? `labelled ${row.label}` : null, text !== "" ? text : null, mark.word, candidate ? `could carry it: ${candidate.reason}` : null].filter(Boolean).join(", ");
  const activate = () => onSelect(gpio);
  const markX = side === "left" ? outer + 11 : outer - 11;

  return (
    <g
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={selected}
      data-gpio={gpio}
      data-pin-state={state}
      className="group outline-none"
      opacity={lit === "out" ? 0.28 : 1}
      onClick={activate}
      onMouseEnter={() => onHover(gpio)}
      onMouseLeave={() => onHover(null)}
      onFocus={() => onHover(gpio)}
      onBlur={() => onHover(null)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          activate();
        }
      }}
      onDragOver={(event) => {
        if (lit !== "out") event.preventDefault();
      }}
      onDrop={(event) => {
        event.preventDefault();
        onDropUse(gpio);
      }}
    >
      <title>{label}</title>
      <rect x={Math.min(outer, pad - out * 2)} y={y - pitch / 2} width={Math.abs(outer - (pad - out * 2))} height={pitch} fill="transparent" />
      <rect
        x={pad - 5}
        y={y - 5}
        width={10}
        height={10}
        rx={5}
        fill={state === "reserved" ? "none" : state === "free" ? "var(--background)" : mark.color}
        stroke={lit === "best" ? "var(--confirmed)" : lit === "legal" ? "var(--working)" : state === "free" ? "var(--pad)" : mark.color}
        strokeWidth={lit === "best" || lit === "legal" ? 2.5 : 1.8}
        strokeDasharray={state === "reserved" ? "2.4 2" : undefined}
        className={lit === "best" ? "pulse-once" : undefined}
      />
      {!narrow && (
        <text x={edge + out * 10} y={y + 4} textAnchor={anchor} fontSize={12} fontFamily="var(--font-mono)" fill="var(--foreground)">
          {row.label.length > 5 ? `${row.label.slice(0, 5)}…` : row.label}
        </text>
      )}
      <text x={gpioX} y={y + 4} textAnchor={narrow ? anchor : "middle"} fontSize={12} fontFamily="var(--font-mono)" fill="var(--muted-foreground)" dx={narrow ? -out * 16 : 0}>
        {gpio}
      </text>
      <rect
        x={Math.min(outer, pillNear)}
        y={y - pitch * 0.4}
        width={pillWidth}
        height={pitch * 0.8}
        rx={4}
        fill={names.length > 0 ? `color-mix(in oklab, ${mark.color} 14%, var(--card))` : pointed || selected ? "var(--raised)" : "transparent"}
        stroke={selected ? "var(--ring)" : pointed ? "var(--foreground)" : lit === "best" ? "var(--confirmed)" : lit === "legal" ? "var(--working)" : names.length > 0 ? `color-mix(in oklab, ${mark.color} 60%, transparent)` : "var(--border)"}
        strokeWidth={selected || pointed || lit === "best" ? 2 : 1}
        strokeDasharray={state === "reserved" ? "3 3" : undefined}
        className="group-hover:stroke-muted-foreground group-focus-visible:stroke-(--ring) group-focus-visible:stroke-2"
      />
      <Shape state={state} x={markX} y={y} />
      <text textAnchor={mirror} fontSize={lines.length > 1 ? 11 : 12} fontFamily="var(--font-mono)" fill={names.length > 0 ? "var(--foreground)" : "var(--muted-foreground)"}>
        {lines.map((line, i, all) => (
          <tspan key={i} x={side === "left" ? markX + 11 : markX - 11} y={y + 4 + (i - (all.length - 1) / 2) * 12}>
            {line}
          </tspan>
        ))}
      </text>
    </g>
  );
}

const clip = (text: string, room: number): string => (text.length > room ? `${text.slice(0, room - 1)}…` : text);

/** A name in a row that is too short for it goes on two lines; the whole name is in the row's label. */
function wrapName(text: string, room: number): string[] {
  if (text.length <= room) return [text];
  const space = text.indexOf(" ");
  return space > 0 ? [clip(text.slice(0, space), room), clip(text.slice(space + 1), room)] : [clip(text, room), clip(text.slice(room - 1), room)];
}

function Shape({ state, x, y }: { state: PinState; x: number; y: number }) {
  const { color } = PIN_MARK[state];
  switch (state) {
    case "used":
      return <circle cx={x} cy={y} r={4} fill={color} />;
    case "warning":
      return <path d={`M${x} ${y - 5}l5 9h-10z`} fill={color} />;
    case "error":
      return <path d={`M${x - 3.6} ${y - 3.6}l7.2 7.2m0-7.2l-7.2 7.2`} stroke={color} strokeWidth={2.2} />;
    case "reserved":
      return <circle cx={x} cy={y} r={3.6} fill="none" stroke={color} strokeWidth={1.3} strokeDasharray="2 1.6" />;
    case "free":
      return <circle cx={x} cy={y} r={3.2} fill="none" stroke={color} strokeWidth={1.2} />;
  }
}
