import type { Board, HeaderPin } from "@/api/types";

export interface Row {
  key: string;
  label: string;
  kind: string;
  gpio: number | null;
  position: number | null;
}
/** A header as drawn: one column of rows. */
export interface Strip {
  title: string;
  rows: Row[];
}
export interface BoardLayout {
  left: Strip[];
  right: Strip[];
  /** Why the drawing is not the board as it lies on the table. */
  note: string | null;
}

const strip = (title: string, pins: HeaderPin[]): Strip => ({
  title,
  rows: [...pins]
    .sort((a, b) => a.position - b.position)
    .map((pin) => ({ key: `${title}-${pin.position}`, label: pin.label, kind: pin.kind, gpio: pin.gpio, position: pin.position })),
});

/** Headers in physical order, left and right; without a documented order the pins by number, in two columns. */
export function layoutBoard(board: Pick<Board, "headers" | "pins" | "headerOrder">): BoardLayout {
  const headers = board.headers.filter((header) => header.pins.length > 0);
  if (headers.length === 0) {
    const pins = board.pins.filter((pin) => pin.exposed).sort((a, b) => a.gpio - b.gpio);
    const rows: Row[] = pins.map((pin) => ({ key: `gpio-${pin.gpio}`, label: `IO${pin.gpio}`, kind: "gpio", gpio: pin.gpio, position: null }));
    const half = Math.ceil(rows.length / 2);
    return {
      left: [{ title: "", rows: rows.slice(0, half) }],
      right: [{ title: "", rows: rows.slice(half) }],
      note: "The vendor does not document the order of the pins: shown by number.",
    };
  }
  const note = board.headerOrder === "recalled" ? "The order is taken from the vendor's picture: compare it with the print on your board." : null;
  const sided = headers.filter((header) => header.side !== null);
  if (sided.length === 0) {
    const [first, second] = headers;
    if (first && second) return { left: [strip(first.id, first.pins)], right: headers.slice(1).map((header) => strip(header.id, header.pins)), note };
    if (first) {
      // One double-row header: odd positions on the one side, even on the other.
      return {
        left: [strip(first.id, first.pins.filter((pin) => pin.position % 2 === 1))],
        right: [strip(first.id, first.pins.filter((pin) => pin.position % 2 === 0))],
        note,
      };
    }
  }
  const left = headers.filter((header) => header.side === "left" || header.side === "top" || header.side === null);
  const right = headers.filter((header) => header.side !== "left" && header.side !== "top" && header.side !== null);
  return { left: left.map((header) => strip(header.id, header.pins)), right: right.map((header) => strip(header.id, header.pins)), note };
}

export const stripRows = (strips: Strip[]): number => strips.reduce((sum, entry, i) => sum + entry.rows.length + (i > 0 ? 1 : 0), 0);

/** Every row's y, with a gap between the headers of one side. */
export function placeRows(strips: Strip[], pitch: number, top: number): { row: Row; y: number }[] {
  const placed: { row: Row; y: number }[] = [];
  let y = top;
  strips.forEach((entry, i) => {
    if (i > 0) y += pitch;
    for (const row of entry.rows) {
      placed.push({ row, y });
      y += pitch;
    }
  });
  return placed;
}
