import type { Match } from "@/api/types";

export interface MatchLine {
  line: number;
  text: string;
  matches: Match[];
}
export interface MatchFile {
  path: string;
  count: number;
  lines: MatchLine[];
}

/** By file, in the order found; several matches of a line are one row. */
export function groupMatches(matches: Match[]): MatchFile[] {
  const files: MatchFile[] = [];
  for (const match of matches) {
    let file = files.find((one) => one.path === match.path);
    if (!file) files.push((file = { path: match.path, count: 0, lines: [] }));
    file.count++;
    const last = file.lines[file.lines.length - 1];
    if (last?.line === match.line && last.text === match.text) last.matches.push(match);
    else file.lines.push({ line: match.line, text: match.text, matches: [match] });
  }
  return files;
}

export interface Piece {
  text: string;
  hit: boolean;
}

/** Longest line that the server sends whole; of a longer one the text is a part, and where it begins is not said. */
const WHOLE_LINE = 399;
const BEFORE = 24;

/** The line in pieces, what was found marked, without the indent and without a long way to the first mark. */
export function pieces(line: MatchLine): Piece[] {
  const { text } = line;
  if (text.length > WHOLE_LINE) return [{ text: text.trim(), hit: false }];
  const result: Piece[] = [];
  const first = (line.matches[0]?.column ?? 1) - 1;
  let at = Math.min(text.length - text.trimStart().length, first);
  if (first - at > BEFORE * 2) {
    at = first - BEFORE;
    result.push({ text: "…", hit: false });
  }
  for (const match of line.matches) {
    const from = match.column - 1;
    const to = Math.min(text.length, from + match.length);
    if (from < at || to <= from) continue;
    if (from > at) result.push({ text: text.slice(at, from), hit: false });
    result.push({ text: text.slice(from, to), hit: true });
    at = to;
  }
  if (at < text.length) result.push({ text: text.slice(at), hit: false });
  return result;
}
