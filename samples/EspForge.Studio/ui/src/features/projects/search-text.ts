import type { SearchOptions } from "@/api/queries";
import type { Match, Matches } from "@/api/types";

/** As much of a long line as the server shows. */
const SHOWN = 400;
/** What \b means to the server: letters and digits of every script. */
const WORD = "[\\p{L}\\p{Mn}\\p{Nd}\\p{Pc}]";
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`;

/** What the server would search for; null for an expression that is written in its own way only. */
export function patternOf({ q, regex, word, case: matchCase }: SearchOptions): RegExp | null {
  const flags = matchCase ? "g" : "gi";
  try {
    if (regex) return new RegExp(word ? `\\b(?:${q})\\b` : q, flags);
    const text = q.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return new RegExp(word ? `${BOUNDARY}(?:${text})${BOUNDARY}` : text, `${flags}u`);
  } catch {
    return null;
  }
}

function shown(line: string, index: number): string {
  if (line.length <= SHOWN) return line;
  const start = Math.min(Math.max(index - SHOWN / 4, 0), line.length - SHOWN);
  return line.slice(start, start + SHOWN);
}

/** The matches in one text, its lines ended by LF, CR LF or CR. */
export function findIn(path: string, text: string, pattern: RegExp, limit: number): Match[] {
  const found: Match[] = [];
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    for (const match of line.matchAll(pattern)) {
      if (match[0].length === 0) continue;
      found.push({ path, line: i + 1, column: match.index + 1, length: match[0].length, text: shown(line, match.index) });
      if (found.length === limit) return found;
    }
  }
  return found;
}

/** What the server found in saved texts, with that of unsaved ones in its place. */
export function mergeMatches(saved: Matches, unsaved: ReadonlyMap<string, Match[]>, limit: number): Matches {
  if (unsaved.size === 0) return saved;
  const all = [...saved.matches.filter((match) => !unsaved.has(match.path)), ...[...unsaved.values()].flat()];
  // By file, as the server's answer is; the matches of one file keep their order.
  all.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { matches: all.slice(0, limit), truncated: saved.truncated || all.length > limit };
}
