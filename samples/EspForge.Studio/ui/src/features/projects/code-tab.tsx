import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, type ReactNode } from "react";
import { toast } from "sonner";
import { api } from "@/api/client";
import { projectFile } from "@/api/queries";
import type { BuildMessage, PinCode, Project } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import type { Place } from "@/features/projects/code-editor";
import { drafts, useDrafts } from "@/features/projects/drafts";
import { FileTree } from "@/features/projects/file-tree";
import { fileOf, GENERATED, sortPaths } from "@/features/projects/paths";
import { useDeleteFile, useWriteFile } from "@/features/projects/queries";
import { useMay } from "@/lib/hooks";

const CodeEditor = lazy(() => import("@/features/projects/code-editor"));

interface CodeTabProps {
  project: Project;
  path: string;
  onOpen: (path: string) => void;
  messages: BuildMessage[];
  place: Place | null;
  panel: ReactNode;
}

export function CodeTab({ project, path, onOpen, messages, place, panel }: CodeTabProps) {
  const may = useMay("projects.write");
  const unsaved = useDrafts(project.id);
  const generated = path === GENERATED;
  const file = useQuery({ ...projectFile(project.id, path), enabled: !generated && path !== "" });
  const header = useQuery({ queryKey: ["pins-code", project.plan], queryFn: () => api.post<PinCode>("pins/code", project.plan), enabled: generated });
  const write = useWriteFile(project.id);
  const remove = useDeleteFile(project.id);
  const paths = useMemo(() => project.files.map((entry) => entry.path), [project.files]);
  const problems = useMemo(() => {
    const counts = new Map<string, number>();
    for (const message of messages) {
      const name = fileOf(message, project.files);
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }, [messages, project.files]);
  const mine = useMemo(() => messages.filter((message) => fileOf(message, project.files) === path), [messages, project.files, path]);
  const saved = generated ? header.data?.content : file.data?.content;
  const text = generated ? saved : (unsaved[path] ?? saved);
  const readOnly = !may.allowed || generated;
  const failed = generated ? header.error : file.error;

  return (
    <div className="grid min-h-0 flex-1 grid-cols-[200px_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_minmax(160px,34%)] max-md:grid-cols-1 max-md:grid-rows-[auto_minmax(280px,1fr)_minmax(200px,36%)]">
      <div className="row-span-2 min-h-0 border-r bg-card max-md:row-span-1 max-md:border-r-0 max-md:border-b max-md:p-2">
        <div className="h-full max-md:hidden">
          <FileTree
            paths={paths}
            active={path}
            unsaved={new Set(Object.keys(unsaved))}
            problems={problems}
            readOnly={!may.allowed}
            onOpen={onOpen}
            onCreate={async (name) => {
              try {
                await write.mutateAsync({ path: name, content: name.endsWith(".h") ? "#pragma once\n" : "" });
                onOpen(name);
              } catch (error) {
                toast.error(error instanceof Error ? error.message : "The file could not be made.");
              }
            }}
            onDelete={async (name) => {
              await remove.mutateAsync(name);
              drafts.drop(project.id, name);
              if (name === path) onOpen(sortPaths(paths.filter((other) => other !== name))[0] ?? GENERATED);
            }}
          />
        </div>
        <Select aria-label="File" className="font-mono md:hidden" value={path} onChange={(event) => onOpen(event.target.value)}>
          {sortPaths([...paths, GENERATED]).map((name) => (
            <option key={name} value={name}>
              {name}
              {unsaved[name] === undefined ? "" : " •"}
            </option>
          ))}
        </Select>
      </div>
      <div className="relative min-h-0 min-w-0">
        {failed && text === undefined ? (
          <ErrorPanel error={failed} className="m-3" />
        ) : text === undefined ? (
          <EditorSkeleton />
        ) : (
          <Suspense fallback={<EditorSkeleton />}>
            <CodeEditor projectId={project.id} path={path} value={text} readOnly={readOnly} messages={mine} place={place} onChange={(next) => !readOnly && drafts.write(project.id, path, next, saved)} />
          </Suspense>
        )}
        {generated && <p className="caption pointer-events-none absolute top-2 right-4 rounded-md border bg-card px-2 py-1">made from the pin plan at every build</p>}
      </div>
      <div className="min-h-0 min-w-0 border-t bg-card">{panel}</div>
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
