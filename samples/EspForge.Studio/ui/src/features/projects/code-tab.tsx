import { useQuery } from "@tanstack/react-query";
import { PanelLeft } from "lucide-react";
import { lazy, Suspense, useMemo, useRef, useState, type ReactNode } from "react";
import { api } from "@/api/client";
import { projectFile, type SearchOptions } from "@/api/queries";
import type { BuildMessage, PinCode, Project, Revision } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Splitter, useKeptSize } from "@/components/splitter";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { conflictOf, isBehind } from "@/features/projects/conflicts";
import { drafts } from "@/features/projects/drafts";
import { EditorTabs } from "@/features/projects/editor-tabs";
import { useDiagnostics } from "@/features/projects/language/state";
import { fileOf, LIMITS } from "@/features/projects/paths";
import { RevisionView } from "@/features/projects/revision-view";
import { SidePanel, type Side } from "@/features/projects/side-panel";
import { StatusBar } from "@/features/projects/status-bar";
import type { Workspace } from "@/features/projects/use-workspace";
import { useMay, useMediaQuery } from "@/lib/hooks";

const CodeEditor = lazy(() => import("@/features/projects/code-editor"));

/** Of a file: how many problems, and how many of them are errors. */
export interface ProblemCount {
  count: number;
  errors: number;
}

/** What is asked of the side panel from outside, by a key or the palette. */
export interface SideRequest {
  side: Side;
  request: number;
}

interface CodeTabProps {
  project: Project;
  workspace: Workspace;
  /** Of the last build. */
  messages: BuildMessage[];
  side: SideRequest;
  onSide: (side: Side) => void;
  sideOpen: boolean;
  onSideOpen: (open: boolean) => void;
  panel: ReactNode;
}

const encoder = new TextEncoder();
const NO_MESSAGES: BuildMessage[] = [];

export function CodeTab({ project, workspace, messages, side, onSide, sideOpen, onSideOpen, panel }: CodeTabProps) {
  const { path, generated, unsaved, openFile } = workspace;
  const may = useMay("projects.write");
  const narrow = useMediaQuery("(max-width: 767px)");
  const [sideWidth, setSideWidth] = useKeptSize("espforge.side", 248);
  const [panelHeight, setPanelHeight] = useKeptSize("espforge.panel", 240);
  const [search, setSearch] = useState<SearchOptions>({ q: "", case: false, word: false, regex: false });
  const [revision, setRevision] = useState<{ revision: Revision; path: string | null } | null>(null);
  const [cursor, setCursor] = useState({ line: 1, column: 1 });
  const isGenerated = path === generated;
  const file = useQuery({ ...projectFile(project.id, path), enabled: !isGenerated && path !== "" });
  const header = useQuery({ queryKey: ["pins-code", project.plan], queryFn: () => api.post<PinCode>("pins/code", project.plan), enabled: isGenerated });
  const typing = useDiagnostics(project.id);

  const problems = useMemo(() => {
    const counts = new Map<string, ProblemCount>();
    const seen = new Set<string>();
    for (const message of [...messages, ...typing]) {
      const name = message.severity === "note" ? null : fileOf(message, project.files, generated);
      const key = `${name} ${message.line} ${message.severity}`;
      if (name === null || seen.has(key)) continue;
      seen.add(key);
      const old = counts.get(name) ?? { count: 0, errors: 0 };
      counts.set(name, { count: old.count + 1, errors: old.errors + (message.severity.includes("error") ? 1 : 0) });
    }
    return counts;
  }, [messages, typing, project.files, generated]);
  const mine = useMemo(() => messages.filter((message) => fileOf(message, project.files, generated) === path), [messages, project.files, generated, path]);
  const saved = isGenerated ? undefined : file.data;
  const savedText = isGenerated ? header.data?.content : file.data?.content;
  const text = isGenerated ? savedText : (unsaved[path]?.text ?? savedText);
  const failed = isGenerated ? header.error : file.error;
  // While the next file is on its way the one before stays on the screen: nothing jumps, and the editor is not made anew.
  const last = useRef<{ path: string; text: string } | null>(null);
  if (text !== undefined) last.current = { path, text };
  const shown = text === undefined && !failed && last.current !== null && workspace.all.includes(last.current.path) ? last.current : text === undefined ? null : { path, text };
  const behind = isBehind(unsaved[path], saved);
  const unsavedPaths = useMemo(() => new Set(Object.keys(unsaved)), [unsaved]);
  const sizeBytes = useMemo(() => encoder.encode(text ?? "").length, [text]);
  const counted = [...messages, ...typing];

  const beside = (
    <SidePanel
      project={project}
      workspace={workspace}
      side={side.side}
      onSide={onSide}
      search={search}
      onSearch={setSearch}
      searchWanted={side.request}
      problems={problems}
      revision={revision?.revision ?? null}
      onRevision={(picked, of) => setRevision({ revision: picked, path: of })}
      onPicked={() => narrow && onSideOpen(false)}
      onPickedFile={() => setRevision(null)}
    />
  );

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1">
        {!narrow && sideOpen && (
          <>
            <div className="min-h-0 shrink-0 bg-card" style={{ width: sideWidth }}>
              {beside}
            </div>
            <Splitter label="Width of the panel beside the editor" orientation="vertical" value={sideWidth} min={180} max={520} onChange={setSideWidth} />
          </>
        )}
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <div className="flex shrink-0 items-center border-b bg-card">
            <Button variant="ghost" size="icon" aria-label={sideOpen && !narrow ? "Hide files, search and history" : "Show files, search and history"} aria-expanded={sideOpen} title="Files, search and history" className="mx-0.5 shrink-0" onClick={() => onSideOpen(!sideOpen)}>
              <PanelLeft />
            </Button>
            <EditorTabs
              paths={workspace.open}
              active={revision ? "" : path}
              unsaved={unsavedPaths}
              problems={problems}
              lost={workspace.lost}
              onOpen={(name) => {
                setRevision(null);
                openFile(name);
              }}
              onClose={workspace.closeFile}
            />
          </div>
          {behind && !revision && saved && (
            <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-card px-3 py-1.5 text-sm">
              <span className="min-w-0 flex-1 basis-48">
                <span aria-hidden className="mr-1.5 text-warning">
                  ▲
                </span>
                Somebody saved this file after you began to change it.
              </span>
              <Button size="sm" variant="outline" onClick={() => workspace.showConflict(conflictOf(path, unsaved[path]?.text ?? "", null, saved))}>
                Compare
              </Button>
            </div>
          )}
          {sizeBytes > LIMITS.fileBytes && !revision && (
            <p role="alert" className="border-b bg-card px-3 py-1.5 text-sm text-destructive">
              The file is too long to be saved: at most {LIMITS.fileBytes / 1024} KiB.
            </p>
          )}
          <div className="relative min-h-0 flex-1 max-md:min-h-40">
            <div className="h-full" inert={revision !== null}>
              {shown === null && failed ? (
                <ErrorPanel error={failed} className="m-3" />
              ) : shown === null ? (
                <EditorSkeleton />
              ) : (
                <Suspense fallback={<EditorSkeleton />}>
                  <CodeEditor
                    projectId={project.id}
                    path={shown.path}
                    paths={workspace.kept}
                    generated={generated}
                    value={shown.text}
                    readOnly={!may.allowed || isGenerated || shown.path !== path}
                    messages={shown.path === path ? mine : NO_MESSAGES}
                    place={workspace.place}
                    onChange={(next) => may.allowed && !isGenerated && shown.path === path && drafts.write(project.id, path, next, saved)}
                    onCursor={(line, column) => setCursor({ line, column })}
                    onOpen={(name, line, column) => openFile(name, { line, column })}
                    readFile={workspace.readFile}
                  />
                </Suspense>
              )}
            </div>
            {revision && (
              <RevisionView
                key={revision.revision.revision}
                project={project}
                revision={revision.revision}
                path={revision.path}
                unsaved={revision.path === null ? unsavedPaths.size > 0 : unsavedPaths.has(revision.path)}
                onClose={() => setRevision(null)}
                onRestored={(restored) => {
                  workspace.dropDrafts(restored);
                  setRevision(null);
                  if (restored !== null) openFile(restored);
                }}
              />
            )}
            {isGenerated && !revision && <p className="caption pointer-events-none absolute top-2 right-4 rounded-md border bg-card px-2 py-1">made from the pin plan at every build</p>}
          </div>
          <Splitter label="Height of the panel below the editor" orientation="horizontal" after value={panelHeight} min={96} max={640} onChange={setPanelHeight} />
          <div className="min-h-0 min-w-0 shrink-0 bg-card max-md:max-h-[45%]" style={{ height: panelHeight }}>
            {panel}
          </div>
        </div>
      </div>
      <StatusBar
        projectId={project.id}
        path={path}
        cursor={cursor}
        sizeBytes={sizeBytes}
        toolchain={project.toolchain}
        errors={counted.filter((message) => message.severity.includes("error")).length}
        warnings={counted.filter((message) => message.severity === "warning").length}
      />
      {narrow && (
        <Dialog open={sideOpen} onOpenChange={onSideOpen}>
          <DialogContent title="Files, search, history" className="h-[80dvh]">
            <div className="min-h-0 flex-1">{beside}</div>
          </DialogContent>
        </Dialog>
      )}
    </div>
  );
}

function EditorSkeleton() {
  return (
    <div role="status" aria-label="Loading the editor" className="flex flex-col gap-2 p-4">
      {[60, 40, 75, 30, 55, 20, 65].map((width, i) => (
        <Skeleton key={i} className="h-3" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
