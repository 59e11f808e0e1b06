export interface SemVer {
  major: number;
  minor: number;
  patch: number;
  pre: string[];
}

const PATTERN =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** SemVer 2.0, or null. */
export function parseVersion(text: string): SemVer | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3]),
    pre: match[4] === undefined ? [] : match[4].split("."),
  };
}

/** Precedence of SemVer 2.0 section 11. */
export function compareVersions(a: SemVer, b: SemVer): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (core !== 0) return core;
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length;
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const x = a.pre[i];
    const y = b.pre[i];
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const nx = /^\d+$/.test(x);
    const ny = /^\d+$/.test(y);
    if (nx && ny && Number(x) !== Number(y)) return Number(x) - Number(y);
    if (nx !== ny) return nx ? -1 : 1;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export function sortVersions(versions: string[]): string[] {
  return [...versions].sort((a, b) => {
    const x = parseVersion(a);
    const y = parseVersion(b);
    if (x && y) return compareVersions(y, x);
    if (x) return -1;
    return y ? 1 : a.localeCompare(b);
  });
}

export interface NextVersions {
  suggested: string;
  choices: { label: string; version: string }[];
}

/** What may come after the highest version built so far; 0.1.0 for the first. */
export function nextVersions(existing: string[]): NextVersions {
  const parsed = existing.map(parseVersion).filter((v): v is SemVer => v !== null);
  if (parsed.length === 0) return { suggested: "0.1.0", choices: [{ label: "first", version: "0.1.0" }] };
  const top = parsed.reduce((best, v) => (compareVersions(v, best) > 0 ? v : best));
  const core = `${top.major}.${top.minor}.${top.patch}`;
  const minor = { label: "minor", version: `${top.major}.${top.minor + 1}.0` };
  const major = { label: "major", version: `${top.major + 1}.0.0` };
  if (top.pre.length > 0) {
    const last = top.pre[top.pre.length - 1] ?? "";
    const pre = /^\d+$/.test(last) ? [...top.pre.slice(0, -1), String(Number(last) + 1)] : [...top.pre, "1"];
    const again = { label: "pre-release", version: `${core}-${pre.join(".")}` };
    return { suggested: again.version, choices: [again, { label: "final", version: core }, minor, major] };
  }
  const patch = { label: "patch", version: `${top.major}.${top.minor}.${top.patch + 1}` };
  return { suggested: patch.version, choices: [patch, minor, major] };
}
