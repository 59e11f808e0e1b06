import { StatusShape } from "@/components/status";
import { languageControl, useLanguageState, type LanguageState } from "@/features/projects/language/state";
import { languageOf, LIMITS } from "@/features/projects/paths";
import { cn } from "@/lib/cn";
import { bytes } from "@/lib/format";
import type { StatusKind } from "@/lib/status";

const LANGUAGE: Record<LanguageState["kind"], { kind: StatusKind; word: string; about: string }> = {
  off: { kind: "silent", word: "no language server", about: "Completion knows the words of the file." },
  connecting: { kind: "working", word: "connecting", about: "The language server is asked for." },
  starting: { kind: "working", word: "starting", about: "clangd reads the project." },
  ready: { kind: "confirmed", word: "ready", about: "Diagnostics while typing, completion, hover, and Ctrl click to a definition." },
  lost: { kind: "warning", word: "reconnecting", about: "Editing goes on; diagnostics come back by themselves." },
  missing: { kind: "silent", word: "clangd not installed", about: "Editing and building work without it; there is no completion and there are no diagnostics while typing. Settings, Toolchains says how to install it." },
  busy: { kind: "warning", word: "clangd busy", about: "As many projects as the server allows have one open. Press to try again." },
  elsewhere: { kind: "waiting", word: "clangd in another tab", about: "Press to have it here." },
  idle: { kind: "waiting", word: "clangd resting", about: "It comes back when you type, or when this is pressed." },
  refused: { kind: "silent", word: "no language server", about: "Editing and building work without it." },
};
const MAY_RETRY = new Set<LanguageState["kind"]>(["lost", "missing", "busy", "elsewhere", "idle", "refused"]);

const NAMES: Record<string, string> = { c: "C", cpp: "C++", ini: "INI", cmake: "CMake", yaml: "YAML", markdown: "Markdown", json: "JSON", python: "Python", plaintext: "Text" };

interface StatusBarProps {
  projectId: string;
  path: string;
  cursor: { line: number; column: number };
  sizeBytes: number;
  toolchain: string;
  errors: number;
  warnings: number;
}

export function StatusBar({ projectId, path, cursor, sizeBytes, toolchain, errors, warnings }: StatusBarProps) {
  const state = useLanguageState(projectId);
  const { kind, word, about } = LANGUAGE[state.kind];
  const said = state.kind === "ready" ? `${/clangd/i.exec(state.server)?.[0] ?? "language server"} ready` : state.kind === "starting" ? "clangd starting" : word;
  const why = "reason" in state ? `${state.reason} ${about}` : state.kind === "ready" ? `${state.server}. ${about}` : about;
  const item = (
    <>
      <StatusShape kind={kind} /> {said}
    </>
  );
  return (
    <footer aria-label="Status" className="flex h-6 shrink-0 items-center gap-4 overflow-hidden border-t bg-card px-3 text-xs whitespace-nowrap text-muted-foreground pointer-coarse:h-8">
      <span role="status" data-testid="language-state" data-state={state.kind} className="flex items-center">
        {MAY_RETRY.has(state.kind) ? (
          <button type="button" title={why} className="flex h-6 items-center gap-1.5 hover:text-foreground pointer-coarse:h-8" onClick={() => languageControl.retry(projectId)}>
            {item}
          </button>
        ) : (
          <span title={why} className="flex items-center gap-1.5">
            {item}
          </span>
        )}
      </span>
      <span className="num max-sm:hidden" title="Errors and warnings of the last build and of clangd">
        {errors} <span className="font-sans">{errors === 1 ? "error" : "errors"}</span>, {warnings} <span className="font-sans">{warnings === 1 ? "warning" : "warnings"}</span>
      </span>
      <span className={cn("num ml-auto", sizeBytes > LIMITS.fileBytes && "text-failed")} title={`A file has at most ${bytes(LIMITS.fileBytes)}`}>
        {bytes(sizeBytes)}
        {sizeBytes > LIMITS.fileBytes * 0.8 && ` of ${bytes(LIMITS.fileBytes)}`}
      </span>
      <span className="num max-sm:hidden" title="Line and column">
        {cursor.line}:{cursor.column}
      </span>
      <span className="max-md:hidden">{NAMES[languageOf(path)]}</span>
      <span className="max-md:hidden" title="What builds the project">
        {toolchain}
      </span>
    </footer>
  );
}
