export interface LogLink {
  file: string;
  line: number;
  column: number | null;
  /** Where in the text it stands; `end` is behind it. */
  start: number;
  end: number;
}

const ENDINGS = "c|h|cpp|hpp|cc|cxx|ino|S|s|ld|ini|cmake|txt|py|json|csv|ya?ml|defaults|projbuild";
// file.c:12:5 and CMakeLists.txt:12, with or without folders, of POSIX and of Windows.
const COLON = new RegExp(String.raw`(?<![\w./\\@+-])((?:[A-Za-z]:)?[\w./\\@+-]*[\w@+-]\.(?:${ENDINGS})):(\d{1,7})(?::(\d{1,5}))?(?!\w)`, "g");
const PYTHON = /File "([^"\n]{1,300})", line (\d{1,7})/g;

/** The places in source files that a line of a log names. */
export function findLinks(text: string): LogLink[] {
  const found: LogLink[] = [];
  for (const match of text.matchAll(COLON)) {
    const line = Number(match[2]);
    if (line === 0) continue;
    found.push({ file: (match[1] ?? "").replaceAll("\\", "/"), line, column: match[3] === undefined ? null : Math.max(1, Number(match[3])), start: match.index, end: match.index + match[0].length });
  }
  for (const match of text.matchAll(PYTHON)) {
    found.push({ file: (match[1] ?? "").replaceAll("\\", "/"), line: Math.max(1, Number(match[2])), column: null, start: match.index, end: match.index + match[0].length });
  }
  return found.sort((a, b) => a.start - b.start);
}
