import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleCheck, Circle } from "lucide-react";
import type { ReactNode } from "react";
import { builds, products, projects, releases, rollouts, status, virtualFleet, devices } from "@/api/queries";
import type { Build, RolloutSummary } from "@/api/types";
import { Page, PageHeader, ErrorPanel } from "@/components/page";
import { Status, StatusShape } from "@/components/status";
import { Elapsed, Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { FleetByVersion } from "@/features/dashboard/fleet-by-version";
import { nextSteps, type Step } from "@/features/dashboard/next-steps";
import { cn } from "@/lib/cn";
import { count, plural } from "@/lib/format";
import { useUser } from "@/lib/hooks";
import { tied } from "@/lib/reasons";
import { BUILD, ROLLOUT } from "@/lib/status";

export function DashboardPage() {
  const user = useUser();
  const can = (permission: string) => user.permissions.includes(permission);
  const queries = {
    products: useQuery(products()),
    devices: useQuery(devices()),
    rollouts: useQuery(rollouts()),
    builds: useQuery(builds()),
    projects: useQuery(projects()),
    releases: useQuery(releases()),
    fleet: useQuery(virtualFleet()),
    status: useQuery(status()),
  };
  const failed = [queries.products, queries.devices, queries.rollouts, queries.builds].find((query) => query.isLoadingError);
  const ready = queries.devices.data && queries.rollouts.data && queries.builds.data && queries.projects.data && queries.releases.data;
  const steps = ready
    ? nextSteps(
        {
          projects: queries.projects.data ?? [],
          builds: queries.builds.data ?? [],
          releases: queries.releases.data ?? [],
          rollouts: queries.rollouts.data ?? [],
          devices: queries.devices.data ?? [],
        },
        can,
      )
    : null;
  const online = queries.devices.data?.filter((device) => device.online).length ?? 0;
  const total = queries.products.data?.reduce((sum, product) => sum + product.devices, 0) ?? 0;
  const running = queries.rollouts.data?.filter((rollout) => rollout.state === "running" || rollout.state === "paused") ?? [];
  const open = queries.builds.data?.filter((build) => build.state === "running" || build.state === "queued").length ?? 0;
  const primary = steps?.now;

  return (
    <Page>
      <PageHeader
        title="Dashboard"
        action={
          !primary && queries.projects.data?.[0] && can("builds.run") ? (
            <Button asChild>
              <Link to="/projects/$projectId" params={{ projectId: queries.projects.data[0].id }} search={{}}>
                Build the next version <ArrowRight />
              </Link>
            </Button>
          ) : primary ? (
            <Button asChild>
              <Link {...primary.link}>
                {primary.alone} <ArrowRight />
              </Link>
            </Button>
          ) : null
        }
      />
      {failed && <ErrorPanel error={failed.error} retry={() => void failed.refetch()} />}

      <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-md border bg-border max-lg:grid-cols-2">
        <Figure label="Devices" value={queries.products.data && count(total)} note={queries.devices.data && `${count(online)} online now`} />
        <Figure label="Rollouts under way" value={queries.rollouts.data && count(running.length)} note={running.some((r) => r.state === "paused") ? `${running.filter((r) => r.state === "paused").length} paused` : "none waits for you"} />
        <Figure label="Builds" value={queries.builds.data && count(queries.builds.data.length)} note={open > 0 ? `${open} at work` : "none at work"} />
        <Figure label="Releases" value={queries.releases.data && count(queries.releases.data.length)} note={queries.releases.data?.[0] ? <span className="num">{`${queries.releases.data[0].product} ${queries.releases.data[0].version}`}</span> : "none signed yet"} />
      </dl>

      <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-4 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="Rollouts" action={<More to="/rollouts" />} bodyClassName="">
            {queries.rollouts.isPending ? <Lines /> : <RolloutRows rollouts={[...running, ...(queries.rollouts.data ?? []).filter((r) => !running.includes(r))].slice(0, 5)} />}
          </Card>
          <Card title="Fleet by version" note={queries.products.data && plural(queries.products.data.length, "product")} action={<More to="/devices" />}>
            {queries.products.isPending ? <Lines /> : <FleetByVersion products={queries.products.data ?? []} />}
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="What to do next" bodyClassName="">
            {steps === null ? <Lines /> : <Steps steps={steps.all} />}
          </Card>
          <Card title="Latest builds" action={<More to="/builds" />} bodyClassName="">
            {queries.builds.isPending ? <Lines /> : <BuildRows builds={(queries.builds.data ?? []).slice(0, 6)} />}
          </Card>
          {queries.status.data && (
            <Card title="This server" bodyClassName="px-3 py-2">
              <ul className="flex flex-col gap-1.5 text-sm">
                <HealthLine good={queries.status.data.toolchain.ready} word={queries.status.data.toolchain.ready ? "Toolchain ready" : "Toolchain missing"} detail={queries.status.data.toolchain.message} />
                <HealthLine good={queries.status.data.sandbox.isolated} word={queries.status.data.sandbox.isolated ? `Builds isolated (${queries.status.data.sandbox.name})` : `Builds not isolated (${queries.status.data.sandbox.name})`} detail={queries.status.data.sandbox.message} />
                {queries.fleet.data && <HealthLine good word={`${queries.fleet.data.running} of ${queries.fleet.data.limit} virtual devices run`} detail={null} />}
              </ul>
            </Card>
          )}
        </div>
      </div>
    </Page>
  );
}

function Figure({ label, value, note }: { label: string; value: string | undefined; note: ReactNode }) {
  return (
    <div className="flex flex-col gap-0.5 bg-card px-4 py-3">
      <dt className="caption">{label}</dt>
      <dd className="num text-2xl font-semibold">{value ?? <Skeleton className="h-7 w-16" />}</dd>
      <dd className="caption truncate">{note ?? " "}</dd>
    </div>
  );
}

function More({ to }: { to: "/rollouts" | "/devices" | "/builds" }) {
  return (
    <Link to={to} className="-mx-2 inline-flex items-center px-2 text-xs text-muted-foreground underline-offset-4 hover:text-foreground hover:underline pointer-coarse:-my-1.5 pointer-coarse:h-10 pointer-coarse:min-w-10 pointer-coarse:justify-end" aria-label={`All ${to.slice(1)}`}>
      All
    </Link>
  );
}

function Lines() {
  return (
    <div className="flex flex-col gap-3 p-3" role="status" aria-label="Loading">
      <Skeleton className="h-4 w-3/4" />
      <Skeleton className="h-4 w-1/2" />
      <Skeleton className="h-4 w-2/3" />
    </div>
  );
}

function RolloutRows({ rollouts: list }: { rollouts: RolloutSummary[] }) {
  if (list.length === 0) {
    return (
      <p className="px-3 py-6 text-center text-sm text-muted-foreground">
        Nothing has been rolled out yet. A rollout begins with a{" "}
        <Link to="/releases" search={{}} className="text-foreground underline underline-offset-4">
          release
        </Link>
        .
      </p>
    );
  }
  return (
    <ul>
      {list.map((rollout) => {
        const mark = ROLLOUT[rollout.state];
        const done = rollout.devices === 0 ? 0 : rollout.confirmed / rollout.devices;
        const bad = rollout.devices === 0 ? 0 : rollout.failed / rollout.devices;
        return (
          <li key={rollout.id} className="relative border-b px-3 py-2.5 last:border-b-0 hover:bg-raised/60">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link to="/rollouts/$rolloutId" params={{ rolloutId: rollout.id }} search={{}} className="min-w-0 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring">
                {rollout.name}
              </Link>
              <span className="num caption">{rollout.version}</span>
              <Status kind={mark.kind} word={mark.word} className="ml-auto text-sm" />
            </div>
            <div className="mt-2 flex h-1.5 overflow-hidden rounded-full bg-border" role="img" aria-label={`${rollout.confirmed} of ${rollout.devices} confirmed, ${rollout.failed} failed`}>
              <span className="bg-confirmed" style={{ width: `${done * 100}%` }} />
              <span className="bg-failed" style={{ width: `${bad * 100}%` }} />
            </div>
            <div className="caption mt-1.5 flex flex-wrap gap-x-3">
              <span className="num">
                {count(rollout.confirmed)}/{count(rollout.devices)} confirmed
              </span>
              {rollout.failed > 0 && <span className="num text-failed">{count(rollout.failed)} failed</span>}
              <span className="num">
                stage {Math.max(0, rollout.currentStage + 1)}/{rollout.stageCount}
              </span>
              <span className="ml-auto">
                <Time at={rollout.changedAt} />
              </span>
            </div>
            {rollout.reason && (rollout.state === "paused" || rollout.state === "rolledBack") && <p className="mt-1 text-sm">{tied(rollout.reason)}</p>}
          </li>
        );
      })}
    </ul>
  );
}

function BuildRows({ builds: list }: { builds: Build[] }) {
  if (list.length === 0) return <p className="px-3 py-6 text-center text-sm text-muted-foreground">No build yet. Open a project and press Ctrl B.</p>;
  return (
    <ul>
      {list.map((build) => (
        <li key={build.id} className="relative flex h-9 items-center gap-3 border-b px-3 text-sm last:border-b-0 hover:bg-raised/60">
          <StatusShape kind={BUILD[build.state].kind} />
          <Link to="/builds/$buildId" params={{ buildId: build.id }} className="min-w-0 truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring">
            {build.projectName}
          </Link>
          <span className="num caption">{build.version}</span>
          <span className="caption ml-auto flex gap-3">
            <span className="max-sm:hidden">{BUILD[build.state].word}</span>
            {build.startedAt && <Elapsed from={build.startedAt} to={build.finishedAt} />}
            <Time at={build.queuedAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function HealthLine({ good, word, detail }: { good: boolean; word: string; detail: string | null }) {
  return (
    <li className="flex items-start gap-2">
      <StatusShape kind={good ? "confirmed" : "warning"} className="mt-1" />
      <span className="min-w-0">
        {word}
        {!good && detail && <span className="block text-xs text-muted-foreground">{detail}</span>}
      </span>
    </li>
  );
}

function Steps({ steps }: { steps: Step[] }) {
  const next = steps.find((step) => !step.done);
  return (
    <ol>
      {steps.map((step) => (
        <li key={step.title} className={cn("flex items-start gap-2.5 border-b px-3 py-2 last:border-b-0", step.done && "text-muted-foreground")}>
          {step.done ? <CircleCheck className="mt-0.5 size-4 shrink-0 text-confirmed" aria-label="done" /> : <Circle className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-label="to do" />}
          <div className="min-w-0 flex-1">
            <p className={cn("text-sm", !step.done && "font-medium")}>{step.title}</p>
            {!step.done && <p className="caption">{step.why}</p>}
          </div>
          {!step.done && step.allowed && (
            <Button asChild size="sm" variant={step === next ? "outline" : "ghost"}>
              <Link {...step.link}>{step.action}</Link>
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}
