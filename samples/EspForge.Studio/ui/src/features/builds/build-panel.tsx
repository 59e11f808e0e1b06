import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { build as buildQuery, isOpen } from "@/api/queries";
import type { Build, BuildMessage } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { LogView } from "@/components/log-view";
import { ErrorPanel } from "@/components/page";
import { Status } from "@/components/status";
import { Elapsed } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BuildMessages } from "@/features/builds/build-messages";
import { useCancelBuild } from "@/features/builds/queries";
import { BUILD } from "@/lib/status";

interface BuildPanelProps {
  buildId: string | null;
  onMessage: (message: BuildMessage) => void;
}

/** Under the editor: what the last build said. It turns to the problems by itself when the build fails. */
export function BuildPanel({ buildId, onMessage }: BuildPanelProps) {
  const query = useQuery({ ...buildQuery(buildId ?? ""), enabled: buildId !== null });
  const [tab, setTab] = useState("log");
  const cancel = useCancelBuild();
  const build = query.data;
  const seen = useRef<Build["state"] | null>(null);
  useEffect(() => {
    const state = build?.state ?? null;
    if (seen.current !== null && seen.current !== state && state === "failed" && (build?.messages.length ?? 0) > 0) setTab("problems");
    if (state === "running" || state === "queued") setTab("log");
    seen.current = state;
  }, [build?.state, build?.messages.length]);

  const messages = build?.messages ?? [];
  const errors = messages.filter((message) => message.severity.includes("error")).length;
  return (
    <Tabs value={tab} onValueChange={setTab} className="flex h-full min-h-0 flex-col">
      <div className="flex items-center gap-2 border-b pr-2">
        <TabsList className="border-b-0">
          <TabsTrigger value="log">Build log</TabsTrigger>
          <TabsTrigger value="problems">
            Problems{messages.length > 0 && <span className={`num text-xs ${errors > 0 ? "text-failed" : "text-warning"}`}>{messages.length}</span>}
          </TabsTrigger>
        </TabsList>
        {build && (
          <div className="ml-auto flex items-center gap-3 text-sm">
            <Status kind={BUILD[build.state].kind} word={BUILD[build.state].word} data-testid="build-state" data-state={build.state} />
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
      <TabsContent value="log" className="min-h-0 flex-1">
        {query.isLoadingError ? (
          <ErrorPanel error={query.error} className="m-2" />
        ) : (
          <LogView
            path={buildId === null ? null : `builds/${buildId}/log`}
            label="Build log"
            empty={buildId === null ? "No build yet. Press Ctrl B to build this project." : "The log is empty."}
            testId="build-log"
            className="h-full"
          />
        )}
      </TabsContent>
      <TabsContent value="problems" className="min-h-0 flex-1 overflow-y-auto">
        {build?.error && (
          <p className="border-b px-3 py-2 text-sm">
            <span className="num text-failed">{build.error.code}</span> {build.error.message}
          </p>
        )}
        {messages.length === 0 ? <p className="px-3 py-3 text-sm text-muted-foreground">No problems.</p> : <BuildMessages messages={messages} onPick={onMessage} />}
      </TabsContent>
    </Tabs>
  );
}
