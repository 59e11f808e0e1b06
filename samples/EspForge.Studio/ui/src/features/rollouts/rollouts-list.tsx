import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Activity, Plus } from "lucide-react";
import { rollouts } from "@/api/queries";
import type { RolloutState, RolloutSummary } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { DataTable, LEAD, ROW_LINK, type Column } from "@/components/data-table";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { Status } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { TableSkeleton } from "@/components/ui/skeleton";
import { count } from "@/lib/format";
import { tied } from "@/lib/reasons";
import { ROLLOUT } from "@/lib/status";

const COLUMNS: Column<RolloutSummary>[] = [
  {
    id: "name",
    header: "Rollout",
    show: "always",
    className: LEAD,
    cell: (rollout) => (
      <>
        <Link to="/rollouts/$rolloutId" params={{ rolloutId: rollout.id }} search={{}} className={ROW_LINK}>
          {rollout.name}
        </Link>
        <span className="caption block md:hidden">
          <span className="num">
            {rollout.version}, {count(rollout.confirmed)}/{count(rollout.devices)}
          </span>
          {rollout.failed > 0 && <span className="num text-failed">, {count(rollout.failed)} failed</span>}, <Time at={rollout.changedAt} />
        </span>
      </>
    ),
    sort: (rollout) => rollout.name,
    text: (rollout) => `${rollout.name} ${rollout.id}`,
  },
  { id: "product", header: "Product", show: "wide", cell: (rollout) => rollout.product, sort: (rollout) => rollout.product, text: (rollout) => rollout.product },
  { id: "version", header: "Version", show: "wide", cell: (rollout) => <span className="num">{rollout.version}</span>, sort: (rollout) => rollout.version, text: (rollout) => rollout.version },
  {
    id: "state",
    header: "State",
    show: "always",
    cell: (rollout) => <Status kind={ROLLOUT[rollout.state].kind} word={ROLLOUT[rollout.state].word} data-testid="rollout-state" data-state={rollout.state} />,
    sort: (rollout) => rollout.state,
    text: (rollout) => ROLLOUT[rollout.state].word,
  },
  {
    id: "stage",
    header: "Stage",
    align: "right",
    show: "wide",
    cell: (rollout) => (
      <span className="num">
        {Math.max(0, rollout.currentStage + 1)}/{rollout.stageCount}
      </span>
    ),
    sort: (rollout) => rollout.currentStage,
  },
  {
    id: "progress",
    header: "Confirmed",
    show: "wide",
    cell: (rollout) => (
      <span className="flex items-center gap-2">
        <span className="flex h-1.5 w-28 overflow-hidden rounded-full bg-border" aria-hidden>
          <span className="bg-confirmed" style={{ width: `${(rollout.confirmed / Math.max(1, rollout.devices)) * 100}%` }} />
          <span className="bg-failed" style={{ width: `${(rollout.failed / Math.max(1, rollout.devices)) * 100}%` }} />
        </span>
        <span className="num">
          {count(rollout.confirmed)}/{count(rollout.devices)}
        </span>
      </span>
    ),
    sort: (rollout) => rollout.confirmed / Math.max(1, rollout.devices),
  },
  {
    id: "failed",
    header: "Failed",
    align: "right",
    show: "wide",
    cell: (rollout) => <span className={rollout.failed > 0 ? "num text-failed" : "num text-muted-foreground"}>{count(rollout.failed)}</span>,
    sort: (rollout) => rollout.failed,
  },
  { id: "reason", header: "Why", show: "desktop", cell: (rollout) => <span className="text-muted-foreground">{tied(rollout.reason ?? "")}</span>, text: (rollout) => rollout.reason },
  { id: "changed", header: "Changed", align: "right", show: "wide", cell: (rollout) => <Time at={rollout.changedAt} />, sort: (rollout) => rollout.changedAt },
];

export function RolloutsList() {
  const query = useQuery(rollouts());
  const search = useSearch({ from: "/rollouts" });
  const navigate = useNavigate({ from: "/rollouts" });
  const create = (
    <AllowedButton needs="rollouts.manage" onClick={() => void navigate({ to: "/rollouts/new", search: {} })}>
      <Plus /> New rollout
    </AllowedButton>
  );
  const rows = (query.data ?? []).filter((rollout) => search.state === undefined || rollout.state === search.state);
  return (
    <Page>
      <PageHeader title="Rollouts" about="A release on its way through the fleet, one proven stage at a time." action={create} />
      {query.isLoadingError ? (
        <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <TableSkeleton />
      ) : (
        <DataTable
          label="Rollouts"
          columns={COLUMNS}
          rows={rows}
          rowKey={(rollout) => rollout.id}
          search={search}
          onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          filters={
            <Select
              aria-label="State"
              className="w-36"
              value={search.state ?? ""}
              onChange={(event) => void navigate({ search: (old) => ({ ...old, state: event.target.value || undefined }), replace: true })}
            >
              <option value="">Any state</option>
              {(Object.keys(ROLLOUT) as RolloutState[]).map((state) => (
                <option key={state} value={state}>
                  {ROLLOUT[state].word}
                </option>
              ))}
            </Select>
          }
          empty={
            search.state === undefined ? (
              <Empty icon={Activity} title="Nothing has been rolled out yet" action={create}>
                Choose a release and its stages; the exact devices of each stage are shown before anything is sent.
              </Empty>
            ) : (
              <Empty
                icon={Activity}
                title="No rollout in this state"
                action={
                  <Button variant="outline" onClick={() => void navigate({ search: {} })}>
                    Show all rollouts
                  </Button>
                }
              />
            )
          }
        />
      )}
    </Page>
  );
}
