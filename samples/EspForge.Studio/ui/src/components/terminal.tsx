import { FitAddon } from "@xterm/addon-fit";
import { Terminal as XTerm, type ILink, type ITheme } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { ArrowDownToLine, Copy } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import type { ApiError } from "@/api/error";
import type { StreamState } from "@/api/event-stream";
import { followLog } from "@/api/log-stream";
import { copy } from "@/components/copyable";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { terminalLine } from "@/lib/ansi";
import { cn } from "@/lib/cn";
import { useMediaQuery } from "@/lib/hooks";
import { findLinks } from "@/lib/log-links";
import { useResolvedTheme } from "@/lib/theme";

/** Lines kept to scroll back; the server keeps the whole log. */
const SCROLLBACK = 20_000;

const DARK: ITheme = {
  background: "#0d1014", foreground: "#d5d9de", cursor: "#0d1014", cursorAccent: "#0d1014", selectionBackground: "#2b4a59",
  black: "#707984", red: "#f97066", green: "#5fce83", yellow: "#e6d34a", blue: "#7cc7e8", magenta: "#c3a6f2", cyan: "#4fd1e8", white: "#e6e9ed",
  brightBlack: "#8a93a0", brightRed: "#ff8f87", brightGreen: "#86dfa2", brightYellow: "#f2e27d", brightBlue: "#a3d8f0", brightMagenta: "#d7c4f8", brightCyan: "#85e0f0", brightWhite: "#ffffff",
};
const LIGHT: ITheme = {
  background: "#ffffff", foreground: "#23282e", cursor: "#ffffff", cursorAccent: "#ffffff", selectionBackground: "#b9dcea",
  black: "#23282e", red: "#b3261e", green: "#1d6b35", yellow: "#6f5a00", blue: "#0b5f86", magenta: "#6a3aa8", cyan: "#0a6478", white: "#5f6873",
  brightBlack: "#5f6873", brightRed: "#b3261e", brightGreen: "#1d6b35", brightYellow: "#6f5a00", brightBlue: "#0b5f86", brightMagenta: "#6a3aa8", brightCyan: "#0a6478", brightWhite: "#23282e",
};

export interface TerminalPlace {
  file: string;
  line: number;
  column: number;
}

interface TerminalProps {
  /** The log to follow; null: there is none yet. */
  path: string | null;
  label: string;
  empty: string;
  testId?: string;
  className?: string;
  /** The project's file that a name in the log means; null: it is none of its files. */
  resolve?: (name: string) => string | null;
  onPlace?: (place: TerminalPlace) => void;
}

interface Shown {
  state: StreamState;
  refused: ApiError | null;
  lines: number;
}
const NOTHING: Shown = { state: "connecting", refused: null, lines: 0 };

/** A log with its colours; the places it names lead into the code. The end stays in view until the reader scrolls up. */
export default function Terminal({ path, label, empty, testId, className, resolve, onPlace }: TerminalProps) {
  const host = useRef<HTMLDivElement>(null);
  const terminal = useRef<XTerm | null>(null);
  const latest = useRef({ resolve, onPlace });
  const theme = useResolvedTheme();
  const touch = useMediaQuery("(pointer: coarse)");
  const [shown, setShown] = useState<Shown>(NOTHING);
  const [atEnd, setAtEnd] = useState(true);
  useEffect(() => {
    latest.current = { resolve, onPlace };
  });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = new XTerm({
      convertEol: true,
      disableStdin: true,
      scrollback: SCROLLBACK,
      fontFamily: '"JetBrains Mono Variable", monospace',
      fontSize: 12,
      lineHeight: 1.3,
      cursorInactiveStyle: "none",
      screenReaderMode: false,
      minimumContrastRatio: 4.5,
    });
    const fit = new FitAddon();
    made.loadAddon(fit);
    made.open(element);
    terminal.current = made;
    // Tab leads on: a log that keeps the focus would be a trap.
    made.attachCustomKeyEventHandler((event) => {
      if (event.type !== "keydown") return true;
      const steps: Record<string, () => void> = { PageUp: () => made.scrollPages(-1), PageDown: () => made.scrollPages(1), ArrowUp: () => made.scrollLines(-1), ArrowDown: () => made.scrollLines(1), Home: () => made.scrollToTop(), End: () => made.scrollToBottom() };
      const step = steps[event.key];
      if (step && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault();
        step();
      }
      return false;
    });
    made.textarea?.setAttribute("aria-label", `${label}: arrows and Page Up scroll`);
    made.textarea?.setAttribute("readonly", "");
    const measure = () => {
      if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit();
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    const scrolled = made.onScroll(() => setAtEnd(made.buffer.active.viewportY >= made.buffer.active.baseY));
    const links = made.registerLinkProvider({
      provideLinks(row, give) {
        const { resolve: find } = latest.current;
        give(find ? linksOfRow(made, row, find, (place) => latest.current.onPlace?.(place)) : undefined);
      },
    });
    return () => {
      observer.disconnect();
      scrolled.dispose();
      links.dispose();
      made.dispose();
      terminal.current = null;
    };
  }, [label]);

  useEffect(() => {
    if (terminal.current) terminal.current.options.theme = theme === "dark" ? DARK : LIGHT;
  }, [theme]);

  useEffect(() => {
    const made = terminal.current;
    setShown(NOTHING);
    made?.reset();
    if (!made || path === null) return;
    let count = 0;
    return followLog(path, {
      onLines: (lines) => {
        count += lines.length;
        made.write(lines.map((line) => `${terminalLine(line)}\n`).join(""));
        setShown((old) => ({ ...old, lines: count }));
      },
      onState: (state) => setShown((old) => ({ ...old, state })),
      onRefused: (refused) => setShown((old) => ({ ...old, refused })),
    });
  }, [path]);

  const copyAll = async () => {
    const made = terminal.current;
    if (!made) return;
    made.selectAll();
    const text = made.getSelection().replace(/\s+$/, "\n");
    made.clearSelection();
    if (await copy(text)) toast.success("The log is copied");
  };

  if (shown.refused !== null) return <ErrorPanel error={shown.refused} className="m-2" />;
  const waiting = shown.lines === 0;
  return (
    <div className={cn("relative min-h-0", className)} data-testid={testId} data-stream={path === null ? "none" : shown.state} data-lines={shown.lines} role="region" aria-label={label}>
      <div ref={host} className={cn("absolute inset-0 overflow-hidden bg-terminal py-1.5 pl-3", waiting && "invisible")} />
      {waiting && <p className="px-3 py-3 text-sm text-muted-foreground">{path === null || shown.state === "ended" ? empty : "Waiting for the first line …"}</p>}
      {shown.state === "reconnecting" && (
        <p role="status" className="absolute bottom-2 left-3 rounded-md border bg-popover px-2 py-0.5 text-xs">
          <span aria-hidden className="text-warning">
            ▲
          </span>{" "}
          connection lost, reconnecting …
        </p>
      )}
      {!waiting && (
        <div className="absolute right-4 bottom-2 flex gap-1.5">
          {!atEnd && (
            <Button size="sm" variant="outline" onClick={() => terminal.current?.scrollToBottom()}>
              <ArrowDownToLine /> Follow
            </Button>
          )}
          <Button size={touch ? "icon" : "icon-sm"} variant="outline" aria-label="Copy the log" title="Copy the log" onClick={() => void copyAll()}>
            <Copy />
          </Button>
        </div>
      )}
    </div>
  );
}

/** A long line takes several rows; a place may go across them. */
function linksOfRow(terminal: XTerm, row: number, resolve: (name: string) => string | null, open: (place: TerminalPlace) => void): ILink[] {
  const { active } = terminal.buffer;
  let first = row - 1;
  while (first > 0 && active.getLine(first)?.isWrapped) first--;
  let text = "";
  for (let at = first; at < active.length; at++) {
    const line = active.getLine(at);
    if (!line || (at > first && !line.isWrapped)) break;
    text += line.translateToString(false);
  }
  const { cols } = terminal;
  const at = (index: number) => ({ x: (index % cols) + 1, y: first + Math.floor(index / cols) + 1 });
  const links: ILink[] = [];
  for (const link of findLinks(text)) {
    const file = resolve(link.file);
    if (file === null) continue;
    links.push({
      range: { start: at(link.start), end: at(link.end - 1) },
      text: text.slice(link.start, link.end),
      activate: () => open({ file, line: link.line, column: link.column ?? 1 }),
    });
  }
  return links;
}
