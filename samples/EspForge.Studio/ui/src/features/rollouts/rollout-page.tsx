import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Maximize2, Minimize2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { MEMBER_PAGE, rollout as rolloutQuery, rolloutMembers } from "@/api/queries";
import type { Rollout } from "@/api/types";
import { Actor } from "@/components/actor";
import { Id } from "@/components/copyable";
import { ErrorPanel, Facts, Page } from "@/components/page";
import { StatusBadge } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CardSkeleton, Skeleton } from "@/components/ui/skeleton";
import { groupCells, groupFailures, type FailureGroup } from "@/features/rollouts/cells";
import { DecisionLog } from "@/features/rollouts/decision-log";
import { Failures } from "@/features/rollouts/failures";
import { FleetGrid } from "@/features/rollouts/fleet-grid";
import { headline } from "@/features/rollouts/headline";
import { RolloutActions } from "@/features/rollouts/rollout-actions";
import { StageTrack } from "@/features/rollouts/stage-track";
import { cn } from "@/lib/cn";
import { count, plural } from "@/lib/format";
import { ROLLOUT } from "@/lib/status";

export function RolloutPage() {
  const { rolloutId } = useParams({ from: "/rollouts/$rolloutId" });
  const wall = useSearch({ from: "/rollouts/$rolloutId" }).wall === true;
  const navigate = useNavigate({ from: "/rollouts/$rolloutId" });
  const query = useQuery(rolloutQuery(rolloutId));
  const members = useQuery(rolloutMembers(rolloutId));
  const [marked, setMarked] = useState<ReadonlySet<string> | null>(null);
  const rollout = query.data;

  useEffect(() => {
    if (!wall) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") void navigate({ search: {} });
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [wall, navigate]);

  // "Silent" depends on the clock, but a cell need not turn to the second: a new look every answer is enough.
  const groups = useMemo(
    () => (rollout && members.data ? groupCells(members.data, rollout.stages, members.dataUpdatedAt) : null),
    [rollout, members.data, members.dataUpdatedAt],
  );
  const failures = useMemo(() => groupFailures(members.data ?? []), [members.data]);

  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorPanel alone error={query.error} retry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!rollout) {
    return (
      <Page>
        <CardSkeleton />
        <Skeleton className="h-36" />
        <Skeleton className="h-80" />
      </Page>
    );
  }

  return (
    <div className={wall ? "lg:[zoom:1.35]" : undefined}>
      <Page className={cn(wall && "max-w-none")}>
        <header className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <div className="min-w-0 flex-1 basis-72">
            <h1 className={cn("flex flex-wrap items-center gap-x-3 gap-y-1 font-semibold tracking-tight", wall ? "text-2xl" : "text-xl")}>
              {rollout.name}
              <StatusBadge kind={ROLLOUT[rollout.state].kind} word={ROLLOUT[rollout.state].word} data-testid="rollout-state" data-state={rollout.state} className="text-base" />
            </h1>
            <p className="mt-0.5 text-sm text-muted-foreground">
              {rollout.product}{" "}
              <Link to="/releases/$releaseId" params={{ releaseId: rollout.releaseId }} className="num text-foreground underline underline-offset-4">
                {rollout.version}
              </Link>{" "}
              to {plural(rollout.devices, "device")}, <span className="num text-foreground">{count(rollout.confirmed)}</span> confirmed
              {rollout.failed > 0 && (
                <>
                  , <span className="num text-failed">{count(rollout.failed)} failed</span>
                </>
              )}
            </p>
          </div>
          {wall && (
            <p className="num text-[44px] leading-none font-semibold" aria-hidden>
              {count(rollout.confirmed)}
              <span className="text-muted-foreground">/{count(rollout.devices)}</span>
            </p>
          )}
          <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
            <Button
              variant="ghost"
              size="icon"
              className={wall ? undefined : "max-sm:hidden"}
              aria-label={wall ? "Leave the wall view" : "Wall view"}
              title={wall ? "Leave the wall view (Esc)" : "Wall view: larger, nothing else"}
              onClick={() => void navigate({ search: wall ? {} : { wall: true } })}
            >
              {wall ? <Minimize2 /> : <Maximize2 />}
            </Button>
            <RolloutActions rollout={rollout} large wall={wall} />
          </div>
        </header>

        <Sentence rollout={rollout} failures={failures} wall={wall} />
        <StageTrack rollout={rollout} wall={wall} />

        <div className={cn("grid gap-4", !wall && "grid-cols-[minmax(0,1fr)_340px] max-xl:grid-cols-1")}>
          <div className="flex min-w-0 flex-col gap-4">
            <Card
              title="Fleet"
              note={rollout.devices > MEMBER_PAGE ? `the first ${count(MEMBER_PAGE)} of ${plural(rollout.devices, "device")}` : `${plural(rollout.devices, "device")}, in rank order`}
              bodyClassName=""
            >
              {members.isLoadingError ? (
                <ErrorPanel error={members.error} retry={() => void members.refetch()} className="m-3" />
              ) : groups ? (
                <FleetGrid groups={groups} stages={rollout.stages} devices={Math.min(rollout.devices, MEMBER_PAGE)} currentStage={rollout.currentStage} running={rollout.state === "running" || rollout.state === "paused"} marked={marked} wall={wall} />
              ) : (
                <Skeleton className="m-3 h-48" />
              )}
            </Card>
            {(!wall || failures.length > 0) && (
              <Card title="Failures by reason" note={rollout.failed > 0 ? plural(rollout.failed, "device") : undefined} bodyClassName="">
                <Failures groups={failures} onMark={(devices) => setMarked(devices ? new Set(devices) : null)} />
              </Card>
            )}
          </div>
          {!wall && (
            <div className="flex min-w-0 flex-col gap-4">
              <Card title="Decisions" scrollLabel="Decision log" bodyClassName="max-h-[520px] overflow-y-auto">
                <DecisionLog log={rollout.log} />
              </Card>
              <Card title="For whom">
                <Facts
                  items={[
                    ["Product", <span className="num">{rollout.product}</span>],
                    ["Chip", <span className="num">{rollout.chip}</span>],
                    ["Tags", rollout.filter.tags.length > 0 ? rollout.filter.tags.join(", ") : "any"],
                    ["Group", rollout.filter.group ?? "any"],
                    ["Board", rollout.filter.board ? <span className="num">{rollout.filter.board}</span> : "any"],
                    ["Running", rollout.filter.currentVersion ? <span className="num">{rollout.filter.currentVersion}</span> : "any version"],
                    ["Created", <Time at={rollout.createdAt} />],
                    ["By", <Actor actor={rollout.createdBy} />],
                    ["Id", <Id value={rollout.id} what="rollout id" length={13} />],
                  ]}
                />
              </Card>
            </div>
          )}
        </div>
      </Page>
    </div>
  );
}

/** What happened or happens next, in plain words; below it why, in those of the devices and of the gate. */
function Sentence({ rollout, failures, wall }: { rollout: Rollout; failures: FailureGroup[]; wall: boolean }) {
  const { main, more } = headline(rollout, failures);
  return (
    <div aria-live="polite" className="flex flex-col gap-1">
      <p className={cn("leading-snug font-medium text-pretty", wall ? "text-2xl" : "text-xl max-sm:text-lg")}>{main}</p>
      {more.map((line) => (
        <p key={line} className={cn("text-pretty text-foreground/85", wall ? "text-lg" : "text-base")}>
          {line}
        </p>
      ))}
    </div>
  );
}
