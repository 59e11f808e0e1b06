import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { virtualFleet } from "@/api/queries";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CardSkeleton } from "@/components/ui/skeleton";
import { VirtualFleetList } from "@/components/virtual-fleet-list";
import { plural } from "@/lib/format";
import { useMay } from "@/lib/hooks";

export function FleetSettings() {
  const client = useQueryClient();
  const query = useQuery(virtualFleet());
  const may = useMay("fleet.manage");
  const [asking, setAsking] = useState(false);
  const stopAll = useMutation({
    mutationFn: () => api.delete<void>("virtual-devices"),
    meta: { inline: true },
    onSettled: () => void client.invalidateQueries({ queryKey: ["virtual-devices"] }),
  });
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <CardSkeleton />;
  const fleet = query.data;
  return (
    <Card
      title="Virtual devices of this server"
      note={`${fleet.running} of at most ${fleet.limit} run`}
      action={
        <>
          {fleet.devices.length > 0 && (
            <AllowedButton needs="fleet.manage" variant="destructive" size="sm" onClick={() => setAsking(true)}>
              Stop all
            </AllowedButton>
          )}
          {may.allowed && (
            <Button asChild variant="outline" size="sm">
              <Link to="/devices" search={{ dialog: "virtual" }}>
                Add
              </Link>
            </Button>
          )}
        </>
      }
      bodyClassName=""
    >
      <div className="flex items-center gap-3 border-b px-3 py-2" role="img" aria-label={`${fleet.running} of ${fleet.limit} run`}>
        <span className="flex h-2 flex-1 overflow-hidden rounded-full bg-border">
          <span className="bg-working" style={{ width: `${fleet.limit === 0 ? 0 : Math.min(100, (fleet.running / fleet.limit) * 100)}%` }} />
        </span>
        <span className="num text-xs">
          {fleet.running}/{fleet.limit}
        </span>
      </div>
      <VirtualFleetList fleet={fleet} />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Stop all virtual devices"
        confirm={`Stop ${plural(fleet.devices.length, "device")}`}
        typeName={fleet.devices.length > 1 ? "stop all" : undefined}
        onConfirm={() => stopAll.mutateAsync()}
      >
        <p>{plural(fleet.devices.length, "virtual device")} stop and their flash is forgotten. They stay registered until deleted under Devices.</p>
      </ConfirmDialog>
    </Card>
  );
}
