import { useQuery } from "@tanstack/react-query";
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { apiKeys } from "@/api/queries";
import type { ApiKey } from "@/api/types";
import { Actor } from "@/components/actor";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { DataTable, LEAD, type Column } from "@/components/data-table";
import { Empty, ErrorPanel } from "@/components/page";
import { Status } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { TableSkeleton } from "@/components/ui/skeleton";
import { ApiKeyDialog } from "@/features/settings/api-key-dialog";
import { useRevokeApiKey } from "@/features/settings/queries";
import { useMay, useNow } from "@/lib/hooks";
import type { TableSearch } from "@/lib/table-search";

interface ApiKeysSettingsProps {
  search: TableSearch;
  onSearch: (change: Partial<TableSearch>) => void;
}

export function ApiKeysSettings({ search, onSearch }: ApiKeysSettingsProps) {
  const may = useMay("api-keys.manage");
  const query = useQuery({ ...apiKeys(), enabled: may.allowed });
  const now = useNow();
  const revoke = useRevokeApiKey();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  if (!may.allowed) {
    return (
      <Empty icon={KeyRound} title="API keys are for developers and administrators">
        {may.reason}
      </Empty>
    );
  }
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <TableSkeleton rows={3} />;

  const expired = (key: ApiKey) => key.expiresAt !== null && Date.parse(key.expiresAt) <= now;
  const columns: Column<ApiKey>[] = [
    {
      id: "name",
      header: "Name",
      show: "always",
      className: LEAD,
      cell: (key) => (
        <>
          <span className="font-medium">{key.name}</span>
          <span className="num caption block md:hidden">{key.prefix}…</span>
        </>
      ),
      sort: (key) => key.name,
      text: (key) => `${key.name} ${key.prefix}`,
    },
    { id: "prefix", header: "Begins with", show: "wide", cell: (key) => <span className="num">{key.prefix}…</span>, sort: (key) => key.prefix },
    {
      id: "permissions",
      header: "May",
      show: "desktop",
      cell: (key) => (
        <span className="num text-xs" title={key.permissions.join(", ")}>
          {key.permissions.join(", ")}
        </span>
      ),
      text: (key) => key.permissions.join(" "),
    },
    { id: "by", header: "Made by", show: "desktop", cell: (key) => <Actor actor={key.createdBy} />, sort: (key) => key.createdBy },
    { id: "used", header: "Last used", show: "wide", cell: (key) => <Time at={key.lastUsedAt} />, sort: (key) => key.lastUsedAt },
    {
      id: "expires",
      header: "Ends",
      show: "always",
      cell: (key) => (expired(key) ? <Status kind="silent" word="ended" /> : key.expiresAt === null ? <span className="text-muted-foreground">never</span> : <Time at={key.expiresAt} />),
      sort: (key) => key.expiresAt,
    },
    {
      id: "revoke",
      header: "Revoke",
      quiet: true,
      show: "always",
      align: "right",
      cell: (key) => (
        <Button variant="ghost" size="icon-sm" aria-label={`Revoke ${key.name}`} title={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
          <Trash2 />
        </Button>
      ),
    },
  ];
  const create = (
    <AllowedButton needs="api-keys.manage" onClick={() => setMaking(true)}>
      <KeyRound /> New API key
    </AllowedButton>
  );
  return (
    <>
      {query.data.length > 0 && (
        <div className="mb-3 flex flex-wrap items-center gap-3">
          <p className="text-sm text-muted-foreground">For programs, such as a CI or the espforge command. A key may what you chose for it, and never more than who made it.</p>
          <span className="ml-auto">{create}</span>
        </div>
      )}
      <DataTable
        label="API keys"
        columns={columns}
        rows={query.data}
        rowKey={(key) => key.id}
        search={search}
        onSearch={onSearch}
        rowProps={(key) => ({ "data-testid": "api-key", "data-name": key.name })}
        empty={
          <Empty icon={KeyRound} title="No API key yet" action={create}>
            A key lets a program build, push images and start rollouts for you. It is shown once, and can be revoked at any time.
          </Empty>
        }
      />
      {making && <ApiKeyDialog onClose={() => setMaking(false)} />}
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? ""}`}
        confirm="Revoke 1 key"
        onConfirm={async () => {
          if (!revoking) return;
          await revoke.mutateAsync(revoking.id);
          toast.success(`${revoking.name} is revoked`);
        }}
      >
        <p>
          Whoever uses <span className="num">{revoking?.prefix}…</span> is refused from now on. What was done with it stays in the audit log.
        </p>
      </ConfirmDialog>
    </>
  );
}
