const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "just now", "4 min ago", "in 2 h", "3 d ago"; beyond 30 days the date. */
export function relativeTime(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (Number.isNaN(then)) return "unknown";
  const ahead = then > now;
  const gap = Math.abs(now - then);
  if (gap < 5_000) return "just now";
  const say = (text: string) => (ahead ? `in ${text}` : `${text} ago`);
  if (gap < MINUTE) return say(`${Math.floor(gap / 1000)} s`);
  if (gap < HOUR) return say(`${Math.floor(gap / MINUTE)} min`);
  if (gap < DAY) return say(`${Math.floor(gap / HOUR)} h`);
  if (gap < 30 * DAY) return say(`${Math.floor(gap / DAY)} d`);
  return new Date(then).toISOString().slice(0, 10);
}

/** Exact, with the zone: what a person quotes in a report. */
export function exactTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString("en-GB", {
    year: "numeric",
    month: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

export function clockTime(at: string | number): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** 850 ms, 3.2 s, 2 min 05 s, 3 h 12 min, 5 d 4 h. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < MINUTE - 500) return `${Math.round(ms / 1000)} s`;
  if (ms < HOUR) {
    const seconds = Math.round(ms / 1000);
    return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  }
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${String(Math.floor((ms % HOUR) / MINUTE)).padStart(2, "0")} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** Seconds as people write them in a form: 30 s, 10 min, 24 h, 7 d. */
export function wholeDuration(seconds: number): string {
  if (seconds === 0) return "0 s";
  if (seconds % 86_400 === 0 && seconds >= 172_800) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}

/** 812 B, 1.5 KiB, 312 KiB, 4.0 MiB. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (value < 1024) return `${value} B`;
  const kib = value / 1024;
  if (kib < 1024) return `${kib < 100 ? kib.toFixed(1) : Math.round(kib)} KiB`;
  const mib = kib / 1024;
  return `${mib < 100 ? mib.toFixed(1) : Math.round(mib)} MiB`;
}

export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** "1 device", "12 devices". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share of 1 as percent, with as many digits as help: 0%, 0.4%, 5%, 63.2%. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<0.1%";
  const rounded = Math.round(value * 10) / 10;
  return `${Number.isInteger(rounded) ? rounded : rounded.toFixed(1)}%`;
}

export function shortHash(value: string, length = 12): string {
  return value.length > length ? value.slice(0, length) : value;
}

/** -55 dBm and better is strong, below -75 weak: the words beside the number. */
export function signalWord(dbm: number): "strong" | "good" | "weak" {
  if (dbm >= -60) return "strong";
  return dbm >= -75 ? "good" : "weak";
}

/** The same rule as the server's default: lower case, digits and single hyphens. */
export function slug(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 31)
    .replace(/-+$/, "");
}

/** What an image is called on a disk; an uploaded one may have no name of its own. */
export function imageFileName(image: { fileName: string | null; project: string; version: string }): string {
  return image.fileName ?? `${image.project}-${image.version}.bin`;
}
