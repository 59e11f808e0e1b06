import { useInfiniteQuery } from "@tanstack/react-query";
import { FileCog, FilePen, FilePlus, FileX, FolderInput, Import, RotateCcw, type LucideIcon } from "lucide-react";
import { api } from "@/api/client";
import type { Revision, RevisionKind } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";

const PAGE = 50;

const KIND: Record<RevisionKind, { icon: LucideIcon; word: string }> = {
  created: { icon: FilePlus, word: "created" },
  saved: { icon: FilePen, word: "saved" },
  deleted: { icon: FileX, word: "deleted" },
  renamed: { icon: FolderInput, word: "renamed" },
  restored: { icon: RotateCcw, word: "restored" },
  imported: { icon: Import, word: "imported" },
  plan: { icon: FileCog, word: "changed board, toolchain or pins" },
};

/** "saved main.c", "renamed a.c to b.c", "restored the project". */
export function revisionWords(revision: Pick<Revision, "kind" | "path" | "fromPath">): string {
  const { kind, path, fromPath } = revision;
  if (kind === "renamed" && path !== null) return `renamed ${fromPath ?? "?"} to ${path}`;
  if (kind === "plan") return KIND.plan.word;
  return `${KIND[kind]?.word ?? kind} ${path ?? "the project"}`;
}

interface HistoryPanelProps {
  projectId: string;
  /** Of this file; null: of the whole project. */
  path: string | null;
  /** The file on the screen, to which the list can be narrowed. */
  active: string;
  onPath: (path: string | null) => void;
  shown: number | null;
  onPick: (revision: Revision) => void;
}

/** Who saved what and when, newest first. */
export function HistoryPanel({ projectId, path, active, onPath, shown, onPick }: HistoryPanelProps) {
  const query = useInfiniteQuery({
    queryKey: ["project-history", projectId, path],
    queryFn: ({ pageParam, signal }) => api.get<Revision[]>(`projects/${projectId}/history`, { path, before: pageParam, limit: PAGE }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last[last.length - 1]?.revision),
  });
  const revisions = query.data?.pages.flat() ?? [];
  return (
    <section aria-label="History" className="flex h-full min-h-0 flex-col">
      <div role="group" aria-label="Whose history" className="flex gap-1 border-b p-2">
        <Button size="sm" variant={path === null ? "outline" : "ghost"} aria-pressed={path === null} onClick={() => onPath(null)}>
          Project
        </Button>
        <Button size="sm" variant={path === null ? "ghost" : "outline"} aria-pressed={path !== null} className="min-w-0 shrink" title={path ?? active} disabled={active === "" && path === null} onClick={() => onPath(path ?? active)}>
          <span className="num truncate">{(path ?? active) || "File"}</span>
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.isLoadingError && <ErrorPanel error={query.error} className="m-2" retry={() => void query.refetch()} />}
        {query.isPending && <Skeleton className="m-2 h-24" />}
        {query.data && revisions.length === 0 && <p className="px-3 py-3 text-sm text-muted-foreground">Nothing was saved yet.</p>}
        <ol aria-label={path === null ? "Revisions of the project" : `Revisions of ${path}`}>
          {revisions.map((revision) => {
            const Icon = KIND[revision.kind]?.icon ?? FilePen;
            return (
              <li key={revision.revision} className="border-b">
                <button
                  type="button"
                  data-testid="revision"
                  data-revision={revision.revision}
                  data-kind={revision.kind}
                  aria-current={shown === revision.revision ? "true" : undefined}
                  className={cn("flex w-full items-start gap-2 px-3 py-1.5 text-left text-sm hover:bg-raised focus-visible:-outline-offset-2", shown === revision.revision && "bg-raised")}
                  onClick={() => onPick(revision)}
                >
                  <Icon className="mt-0.5 size-3.5 shrink-0 text-muted-foreground" aria-hidden />
                  <span className="min-w-0 flex-1">
                    <span className="block wrap-anywhere">{revisionWords(revision)}</span>
                    <span className="caption flex flex-wrap gap-x-2">
                      <span className="min-w-0 truncate">{revision.actorName}</span>
                      <Time at={revision.at} />
                    </span>
                  </span>
                  <span className="num shrink-0 text-right text-xs">
                    <span className="block text-muted-foreground">#{revision.revision}</span>
                    <span>
                      {revision.linesAdded > 0 && <span className="text-confirmed">+{revision.linesAdded}</span>} {revision.linesRemoved > 0 && <span className="text-failed">−{revision.linesRemoved}</span>}
                    </span>
                  </span>
                </button>
              </li>
            );
          })}
        </ol>
        {query.hasNextPage && (
          <div className="p-2">
            <Button variant="outline" size="sm" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show older ones
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}
