import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Square } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { build as buildQuery, isOpen } from "@/api/queries";
import type { Build, BuildMessage } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ErrorPanel } from "@/components/page";
import { Status } from "@/components/status";
import { Elapsed } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BuildMessages } from "@/features/builds/build-messages";
import { problemsOf } from "@/features/builds/problems";
import { useCancelBuild } from "@/features/builds/queries";
import { BUILD } from "@/lib/status";

const Terminal = lazy(() => import("@/components/terminal"));

interface BuildPanelProps {
  buildId: string | null;
  /** What the language server says of the open files. */
  typing: readonly BuildMessage[];
  resolve: (name: string) => string | null;
  onPlace: (place: { file: string; line: number; column: number }) => void;
}

/** Under the editor: what the last build said. It turns to the problems by itself when the build fails. */
export function BuildPanel({ buildId, typing, resolve, onPlace }: BuildPanelProps) {
  const query = useQuery({ ...buildQuery(buildId ?? ""), enabled: buildId !== null });
  const [tab, setTab] = useState("terminal");
  const cancel = useCancelBuild();
  const build = query.data;
  const seen = useRef<Build["state"] | null>(null);
  useEffect(() => {
    const state = build?.state ?? null;
    if (seen.current !== null && seen.current !== state && state === "failed" && (build?.messages.length ?? 0) > 0) setTab("problems");
    if (state === "running" || state === "queued") setTab("terminal");
    seen.current = state;
  }, [build?.state, build?.messages.length]);

  const problems = problemsOf(build?.messages ?? [], typing, resolve);
  const errors = problems.filter((problem) => problem.severity.includes("error")).length;
  return (
    <Tabs value={tab} onValueChange={setTab} className="flex h-full min-h-0 flex-col">
      <div className="flex items-center gap-2 border-b pr-2">
        <TabsList className="border-b-0">
          <TabsTrigger value="terminal">Terminal</TabsTrigger>
          <TabsTrigger value="problems">
            Problems{problems.length > 0 && <span className={`num text-xs ${errors > 0 ? "text-failed" : "text-warning"}`}>{problems.length}</span>}
          </TabsTrigger>
        </TabsList>
        {build && (
          <div className="ml-auto flex min-w-0 items-center gap-3 text-sm">
            <span className="num truncate text-xs text-muted-foreground max-lg:hidden" title={`Build of ${build.version}`}>
              {build.version}
              {build.environment !== null && ` · ${build.environment}`}
            </span>
            <Status kind={BUILD[build.state].kind} word={build.state === "queued" && build.position !== null ? `queued, ${build.position}.` : BUILD[build.state].word} className="max-[359px]:w-3 max-[359px]:overflow-hidden" title={BUILD[build.state].word} data-testid="build-state" data-state={build.state} />
            {build.fromCache && <span className="caption max-sm:hidden">from the cache</span>}
            <span className="max-sm:hidden">{build.startedAt && <Elapsed from={build.startedAt} to={build.finishedAt} />}</span>
            {isOpen(build.state) ? (
              <AllowedButton needs="builds.run" variant="outline" size="sm" onClick={() => cancel.mutate(build.id)} disabled={cancel.isPending}>
                <Square /> Cancel
              </AllowedButton>
            ) : (
              <Button asChild variant="outline" size="sm">
                <Link to="/builds/$buildId" params={{ buildId: build.id }}>
                  {build.state === "succeeded" ? (
                    <>
                      <span className="max-sm:hidden">Image and release</span>
                      <span className="sm:hidden">Image</span>
                    </>
                  ) : (
                    "Details"
                  )}
                </Link>
              </Button>
            )}
          </div>
        )}
      </div>
      <TabsContent value="terminal" forceMount className="min-h-0 flex-1 data-[state=inactive]:hidden">
        {query.isLoadingError ? (
          <ErrorPanel error={query.error} className="m-2" />
        ) : (
          <Suspense fallback={<Skeleton className="m-3 h-16" />}>
            <Terminal
              path={buildId === null ? null : `builds/${buildId}/log`}
              label="Log of the build"
              empty={buildId === null ? "No build yet. Press Ctrl B to build this project." : "The log is empty."}
              testId="build-log"
              className="h-full"
              resolve={resolve}
              onPlace={onPlace}
            />
          </Suspense>
        )}
      </TabsContent>
      <TabsContent value="problems" className="min-h-0 flex-1 overflow-y-auto">
        {build?.error && (
          <p className="border-b px-3 py-2 text-sm">
            <span className="num text-failed">{build.error.code}</span> {build.error.message}
          </p>
        )}
        {problems.length === 0 ? (
          <p className="px-3 py-3 text-sm text-muted-foreground">No problems.</p>
        ) : (
          <BuildMessages
            messages={problems}
            onPick={(problem) => {
              const file = problem.file === null ? null : resolve(problem.file);
              if (file !== null) onPlace({ file, line: problem.line ?? 1, column: problem.column ?? 1 });
            }}
          />
        )}
      </TabsContent>
    </Tabs>
  );
}
