import { useQuery } from "@tanstack/react-query";
import { RotateCcw, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { toast } from "sonner";
import { fileOfRevision, planOfRevision, projectFile } from "@/api/queries";
import type { Project, Revision } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Empty, ErrorPanel } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { revisionWords } from "@/features/projects/history-panel";
import { useRestore } from "@/features/projects/queries";

const DiffEditor = lazy(() => import("@/features/projects/diff-editor"));

interface RevisionViewProps {
  project: Project;
  revision: Revision;
  /** The file whose history is looked at; null: what the revision itself is about. */
  path: string | null;
  unsaved: boolean;
  onClose: () => void;
  onRestored: (path: string | null) => void;
}

type Against = "before" | "now";

/** What a save changed, or how far today is from it; and the way back. */
export function RevisionView({ project, revision, path: chosen, unsaved, onClose, onRestored }: RevisionViewProps) {
  const [against, setAgainst] = useState<Against>("before");
  const [asking, setAsking] = useState<"file" | "project" | null>(null);
  const restore = useRestore(project.id);
  const { revision: number, kind } = revision;
  const path = chosen ?? (revision.path !== null && !isFolder(revision.path) ? revision.path : null);
  const isPlan = kind === "plan" && chosen === null;
  const oldPath = kind === "renamed" && chosen === null ? (revision.fromPath ?? path) : path;

  const then = useQuery({ ...fileOfRevision(project.id, number, path ?? ""), enabled: path !== null });
  const before = useQuery({ ...fileOfRevision(project.id, number - 1, oldPath ?? ""), enabled: path !== null && number > 1 && kind !== "created" && kind !== "imported" });
  const there = path !== null && project.files.some((file) => file.path === path);
  const now = useQuery({ ...projectFile(project.id, path ?? ""), enabled: there && against === "now" });
  const planThen = useQuery({ ...planOfRevision(project.id, number), enabled: isPlan });
  const planBefore = useQuery({ ...planOfRevision(project.id, number - 1), enabled: isPlan && number > 1 });

  const plan = (value: { board: string; toolchain: string; plan: unknown } | null | undefined) => (value ? `${JSON.stringify({ board: value.board, toolchain: value.toolchain, plan: value.plan }, null, 2)}\n` : "");
  const sides = isPlan
    ? against === "before"
      ? [plan(planBefore.data), plan(planThen.data)]
      : [plan(planThen.data), plan(project)]
    : against === "before"
      ? [before.data?.content ?? "", then.data?.content ?? ""]
      : [then.data?.content ?? "", there ? (now.data?.content ?? "") : ""];
  const pending = isPlan ? planThen.isPending || (number > 1 && planBefore.isPending) : path !== null && (then.isPending || (before.isPending && before.isFetching) || (against === "now" && there && now.isPending));
  const failed = then.error ?? before.error ?? (against === "now" && there ? now.error : null) ?? planThen.error ?? planBefore.error;
  const isLast = number === project.revision;
  const [left, right] = against === "before" ? [number > 1 ? `#${number - 1}` : "nothing", `#${number}`] : [`#${number}`, "now"];

  return (
    <section aria-label={`Revision ${number}`} data-testid="revision-view" data-revision={number} className="absolute inset-0 z-10 flex min-h-0 flex-col bg-terminal">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-card px-3 py-1.5 text-sm">
        <p className="min-w-0 flex-1 basis-48">
          <span className="num font-medium">#{number}</span> <span className="wrap-anywhere">{revisionWords(revision)}</span>{" "}
          <span className="caption">
            {revision.actorName}, <Time at={revision.at} />
          </span>
        </p>
        <div role="group" aria-label="Compare with" className="flex gap-1">
          <Button size="sm" variant={against === "before" ? "outline" : "ghost"} aria-pressed={against === "before"} onClick={() => setAgainst("before")}>
            What it changed
          </Button>
          <Button size="sm" variant={against === "now" ? "outline" : "ghost"} aria-pressed={against === "now"} onClick={() => setAgainst("now")}>
            Against now
          </Button>
        </div>
        <div className="flex gap-1.5">
          {path !== null && then.data && (
            <AllowedButton needs="projects.write" size="sm" variant="outline" onClick={() => setAsking("file")}>
              <RotateCcw /> Restore file
            </AllowedButton>
          )}
          <AllowedButton needs="projects.write" size="sm" variant="outline" blocked={isLast ? "The project is as of this revision." : undefined} onClick={() => setAsking("project")}>
            <RotateCcw /> Restore project
          </AllowedButton>
          <Button size="icon-sm" variant="ghost" aria-label="Close the revision" onClick={onClose}>
            <X />
          </Button>
        </div>
      </header>
      {(isPlan || path !== null) && (
        <p className="caption num flex gap-2 border-b px-3 py-1" aria-hidden>
          <span>{left}</span>→<span>{right}</span>
          {path !== null && <span className="min-w-0 truncate">{path}</span>}
        </p>
      )}
      <div className="min-h-0 flex-1">
        {failed ? (
          <ErrorPanel error={failed} className="m-3" />
        ) : !isPlan && path === null ? (
          <Empty icon={RotateCcw} title="Several files at once" className="m-4">
            This revision changed more than one file. Pick a file on the left to see its part, or restore the whole project as it was.
          </Empty>
        ) : pending ? (
          <Skeleton className="m-4 h-40" />
        ) : sides[0] === sides[1] ? (
          <p className="p-4 text-sm text-muted-foreground">No difference.</p>
        ) : (
          <Suspense fallback={<Skeleton className="m-4 h-40" />}>
            <DiffEditor path={isPlan ? "" : (path ?? "")} before={sides[0] ?? ""} after={sides[1] ?? ""} label={`${isPlan ? "Board, toolchain and pins" : path}, ${left} against ${right}`} />
          </Suspense>
        )}
      </div>
      <ConfirmDialog
        open={asking !== null}
        onClose={() => setAsking(null)}
        tone="default"
        title={asking === "file" ? `Restore ${path} as of #${number}` : `Restore the project as of #${number}`}
        confirm={asking === "file" ? "Restore 1 file" : "Restore the project"}
        onConfirm={async () => {
          const only = asking === "file" ? (path ?? undefined) : undefined;
          await restore.mutateAsync({ revision: number, path: only });
          toast.success(only === undefined ? `The project is as of #${number}` : `${only} is as of #${number}`);
          onRestored(only ?? null);
        }}
      >
        {asking === "file" ? <p>The file gets the text it had then, as a new revision; nothing of the history is lost.</p> : <p>All files, the board, the toolchain and the pin plan become what they were then, as a new revision; files made since go. Nothing of the history is lost.</p>}
        {unsaved && <p className="font-medium">What you have not saved in {asking === "file" ? "it" : "them"} is dropped.</p>}
      </ConfirmDialog>
    </section>
  );
}

/** A revision of a folder is about several files. */
const isFolder = (path: string) => !/\.[A-Za-z]|Kconfig|sdkconfig/.test(path.slice(path.lastIndexOf("/") + 1));
