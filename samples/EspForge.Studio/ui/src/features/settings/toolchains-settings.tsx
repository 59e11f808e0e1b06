import { useQuery } from "@tanstack/react-query";
import { Download, Square } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { toolchains } from "@/api/queries";
import type { Toolchain } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { CommandLine } from "@/components/copyable";
import { ErrorPanel } from "@/components/page";
import { Status } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CardSkeleton, Skeleton } from "@/components/ui/skeleton";
import { useCancelInstall, useInstall } from "@/features/settings/queries";
import { plural } from "@/lib/format";

const Terminal = lazy(() => import("@/components/terminal"));

/** What builds on this server, what is missing, and how it comes. */
export function ToolchainsSettings() {
  const query = useQuery(toolchains());
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) {
    return (
      <div className="grid grid-cols-2 gap-4 max-lg:grid-cols-1">
        <CardSkeleton />
        <CardSkeleton />
      </div>
    );
  }
  const ready = query.data.filter((one) => one.ready).length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <p role="status" className="text-sm text-muted-foreground">
          {ready} of {query.data.length} are ready on this server.
        </p>
        <Button variant="outline" size="sm" className="ml-auto" disabled={query.isFetching} onClick={() => void query.refetch()}>
          Examine again
        </Button>
      </div>
      <div className="grid grid-cols-2 items-start gap-4 max-lg:grid-cols-1">
        {query.data.map((one) => (
          <ToolchainCard key={one.id} toolchain={one} />
        ))}
      </div>
    </div>
  );
}

function ToolchainCard({ toolchain }: { toolchain: Toolchain }) {
  const [asking, setAsking] = useState(false);
  const [watched, setWatched] = useState(false);
  const install = useInstall();
  const cancel = useCancelInstall();
  const { id, title, ready, versions, architecture, missing, canInstall, installing } = toolchain;
  const state = installing ? ({ kind: "working", word: "installing" } as const) : ready ? ({ kind: "confirmed", word: "ready" } as const) : ({ kind: "warning", word: "not ready" } as const);
  return (
    <Card
      title={title}
      note={<Status kind={state.kind} word={state.word} data-testid="toolchain-state" data-toolchain={id} data-state={state.word} className="text-xs" />}
      action={
        installing ? (
          <AllowedButton needs="toolchains.manage" size="sm" variant="outline" disabled={cancel.isPending} onClick={() => cancel.mutate(id)}>
            <Square /> Cancel
          </AllowedButton>
        ) : (
          canInstall &&
          missing.length > 0 && (
            <AllowedButton needs="toolchains.manage" size="sm" variant="outline" onClick={() => setAsking(true)}>
              <Download /> Install
            </AllowedButton>
          )
        )
      }
      bodyClassName="flex flex-col gap-3 p-3"
    >
      <p className="num text-sm break-words">
        {versions === "" ? <span className="font-sans text-muted-foreground">Nothing found.</span> : versions}
        {architecture !== "" && <span className="text-muted-foreground"> · {architecture}</span>}
      </p>
      {missing.length > 0 && (
        <ul aria-label={`Missing for ${title}`} className="flex flex-col gap-3">
          {missing.map((need) => (
            <li key={need.what} className="flex flex-col gap-1 text-sm" data-testid="toolchain-need">
              <p>
                <span className="font-medium">{need.what}</span> <span className="text-muted-foreground">{need.why}</span>
              </p>
              {need.command !== "" && <CommandLine text={need.command} what={`command for ${need.what}`} />}
            </li>
          ))}
        </ul>
      )}
      {(installing || watched) && (
        <Suspense fallback={<Skeleton className="h-56" />}>
          <Terminal path={`toolchains/${id}/install/log`} label={`Installing ${title}`} empty="The log is empty." testId="install-log" className="h-56 overflow-hidden rounded-md border" />
        </Suspense>
      )}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        tone="default"
        title={`Install ${title}`}
        confirm={`Install ${plural(missing.length, "part")}`}
        onConfirm={async () => {
          await install.mutateAsync(id);
          setWatched(true);
        }}
      >
        <p>These commands run on the server, with the rights of the host and with the network. Builds wait for nothing meanwhile.</p>
        <CommandLine text={missing.map((need) => need.command).filter(Boolean).join("\n")} what="commands" />
      </ConfirmDialog>
    </Card>
  );
}
