import type { Sample } from "@/api/types";
import { bytes, duration } from "@/lib/format";

export interface Series {
  key: string;
  label: string;
  color: 1 | 2 | 3 | 4 | 5;
  now: number;
  min: number;
  max: number;
  domain: [number | "auto" | "dataMin", number | "auto" | "dataMax"];
  format: (value: number) => string;
  /** For the axis: shorter. */
  tick: (value: number) => string;
}

/** Values a sample may carry; more than these would hide what matters. */
const MOST_VALUES = 12;

export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return Number.isInteger(value) ? String(value) : value.toFixed(size < 10 ? 2 : 1);
}

/** One unit, no remainder: what fits beside an axis. */
export function shortDuration(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** Evenly spaced times from the first to the last. */
export function timeTicks(from: number, to: number, count = 6): number[] {
  return Array.from({ length: count }, (_, i) => Math.round(from + ((to - from) * i) / (count - 1)));
}

function series(key: string, label: string, color: Series["color"], values: number[], format: Series["format"], domain: Series["domain"], tick = format): Series | null {
  const now = values[values.length - 1];
  if (now === undefined) return null;
  return { key, label, color, now, min: Math.min(...values), max: Math.max(...values), domain, format, tick };
}

/** Heap, signal and uptime first, then whatever the application sends, by name. */
export function seriesOf(samples: Sample[]): Series[] {
  const numbers = (pick: (sample: Sample) => number | null | undefined) => samples.map(pick).filter((value): value is number => typeof value === "number");
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample.values ?? {})))].sort().slice(0, MOST_VALUES);
  const colors = [4, 5, 1, 2, 3] as const;
  return [
    series("heap", "Free heap", 1, numbers((s) => s.freeHeapBytes), bytes, ["auto", "auto"]),
    series("rssi", "Signal", 2, numbers((s) => s.rssiDbm), (value) => `${Math.round(value)} dBm`, ["auto", "auto"]),
    series("uptime", "Uptime", 3, numbers((s) => s.uptimeMs), duration, [0, "auto"], shortDuration),
    ...names.map((name, i) => series(`v:${name}`, name, colors[i % colors.length] ?? 1, numbers((s) => s.values?.[name]), shortNumber, ["auto", "auto"])),
  ].filter((entry): entry is Series => entry !== null);
}
