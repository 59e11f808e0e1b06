import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { History, ShieldCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { auditVerification } from "@/api/queries";
import type { AuditVerification, Entry } from "@/api/types";
import { Actor } from "@/components/actor";
import { Id } from "@/components/copyable";
import { DataTable, LEAD, type Column } from "@/components/data-table";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { TableSkeleton } from "@/components/ui/skeleton";
import { entries } from "@/features/audit/queries";
import { count } from "@/lib/format";
import { useMay } from "@/lib/hooks";

const COLUMNS: Column<Entry>[] = [
  { id: "sequence", header: "No.", align: "right", show: "wide", cell: (entry) => <span className="num text-muted-foreground">{entry.sequence}</span>, sort: (entry) => entry.sequence },
  { id: "at", header: "When", show: "always", cell: (entry) => <Time at={entry.at} />, sort: (entry) => entry.at },
  { id: "actor", header: "Who", show: "wide", cell: (entry) => <Actor actor={entry.actor} name={entry.actorName} />, sort: (entry) => entry.actorName ?? entry.actor, text: (entry) => `${entry.actor} ${entry.actorName ?? ""}` },
  {
    id: "action",
    header: "Action",
    show: "always",
    className: LEAD,
    cell: (entry) => (
      <>
        <span className="num">{entry.action}</span>
        <span className="caption block md:hidden">
          <Actor actor={entry.actor} name={entry.actorName} />: {entry.detail ?? <span className="num break-all">{entry.subject}</span>}
        </span>
      </>
    ),
     sort: (entry) => entry.action, text: (entry) => entry.action,
  },
  { id: "subject", header: "Subject", show: "wide", cell: (entry) => <Id value={entry.subject} what="subject" length={22} />, sort: (entry) => entry.subject, text: (entry) => entry.subject },
  { id: "detail", header: "Detail", show: "wide", className: "max-w-[330px]", cell: (entry) => <span className="text-muted-foreground" title={entry.detail ?? undefined}>{entry.detail ?? ""}</span>, text: (entry) => entry.detail },
  { id: "hash", header: "Hash", show: "desktop", cell: (entry) => <Id value={entry.hash} what="hash" />, text: (entry) => entry.hash },
];

export function AuditList() {
  const client = useQueryClient();
  const search = useSearch({ from: "/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const may = useMay("audit.read");
  const query = useInfiniteQuery({ ...entries(search.action), enabled: may.allowed });
  const rows = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  const actions = useMemo(() => [...new Set([...rows.map((entry) => entry.action), ...(search.action ? [search.action] : [])])].sort(), [rows, search.action]);
  const [verdict, setVerdict] = useState<AuditVerification | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [checking, setChecking] = useState(false);
  const verify = async () => {
    setChecking(true);
    setFailure(null);
    try {
      setVerdict(await client.fetchQuery({ ...auditVerification(), staleTime: 0 }));
    } catch (error) {
      setFailure(error);
    } finally {
      setChecking(false);
    }
  };

  if (!may.allowed) {
    return (
      <Page>
        <Empty alone icon={History} title="The audit log is not open to you">
          {may.reason}
        </Empty>
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title="Audit"
        about="Everything anybody changed. Each entry holds the hash of the one before; a changed or missing one breaks the chain."
        action={
          <Button onClick={() => void verify()} disabled={checking}>
            <ShieldCheck /> {checking ? "Verifying …" : "Verify the chain"}
          </Button>
        }
      />
      {failure !== null && <ErrorPanel error={failure} />}
      {verdict && (
        <p role="status" className="flex items-center gap-2 rounded-md border bg-card px-3 py-2 text-sm">
          <StatusShape kind={verdict.valid ? "confirmed" : "failed"} />
          {verdict.valid ? (
            <span>
              The chain is whole: <span className="num">{count(verdict.entries)}</span> entries, each bound to the one before.
            </span>
          ) : (
            <span>
              The chain is broken at entry <span className="num">{verdict.brokenAt ?? "?"}</span>: it, or one before it, was changed outside this program. Keep a copy of the database and look at who could write to it.
            </span>
          )}
        </p>
      )}
      {query.isLoadingError ? (
        <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <TableSkeleton rows={12} />
      ) : (
        <>
          <DataTable
            label="Audit log"
            columns={COLUMNS}
            rows={rows}
            rowKey={(entry) => String(entry.sequence)}
            search={search}
            onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
            filters={
              <Select aria-label="Action" className="w-48 max-md:w-36" value={search.action ?? ""} onChange={(event) => void navigate({ search: (old) => ({ ...old, action: event.target.value || undefined }), replace: true })}>
                <option value="">Any action</option>
                {actions.map((action) => (
                  <option key={action} value={action}>
                    {action}
                  </option>
                ))}
              </Select>
            }
            empty={<Empty icon={History} title="No entry yet" />}
          />
          {query.hasNextPage && (
            <Button variant="outline" className="self-center" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {query.isFetchingNextPage ? "Loading …" : "Further back"}
            </Button>
          )}
        </>
      )}
    </Page>
  );
}
