import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ScrollText, Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { VirtualFleet } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { LogView } from "@/components/log-view";
import { Status } from "@/components/status";
import { Elapsed } from "@/components/time";
import { Button } from "@/components/ui/button";
import { VIRTUAL } from "@/lib/status";

/** The virtual devices of this server: their state, why, and what they print. */
export function VirtualFleetList({ fleet }: { fleet: VirtualFleet }) {
  const client = useQueryClient();
  const [open, setOpen] = useState<string | null>(null);
  const stop = useMutation({
    mutationFn: (hardwareId: string) => api.delete<void>(`virtual-devices/${encodeURIComponent(hardwareId)}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ["virtual-devices"] }),
  });
  if (fleet.devices.length === 0) return <p className="px-3 py-6 text-center text-sm text-muted-foreground">No virtual device runs here.</p>;
  return (
    <ul className="divide-y">
      {fleet.devices.map((device) => (
        <li key={device.hardwareId}>
          <div className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-0.5 px-3 py-1 text-sm max-sm:gap-x-2 max-sm:pr-1">
            <Status kind={VIRTUAL[device.state].kind} word={VIRTUAL[device.state].word} className="w-24 max-sm:w-20" />
            {device.deviceId ? (
              <Link to="/devices/$deviceId" params={{ deviceId: device.deviceId }} search={{}} title={device.deviceId} className="num min-w-0 truncate underline-offset-4 hover:underline max-sm:flex-1 pointer-coarse:leading-10">
                {device.deviceId}
              </Link>
            ) : (
              <span title={device.hardwareId} className="num min-w-0 truncate text-muted-foreground max-sm:flex-1">{device.hardwareId}</span>
            )}
            <span className="num caption max-sm:hidden">{device.board}</span>
            <span className="ml-auto flex items-center gap-1 max-sm:gap-0">
              {device.startedAt && (
                <span className="caption mr-2 max-sm:hidden">
                  <Elapsed from={device.startedAt} />
                </span>
              )}
              <Button variant="ghost" size="icon-sm" aria-label={`Output of ${device.hardwareId}`} aria-expanded={open === device.hardwareId} title="Output" onClick={() => setOpen(open === device.hardwareId ? null : device.hardwareId)}>
                <ScrollText />
              </Button>
              <AllowedButton needs="fleet.manage" variant="ghost" size="icon-sm" aria-label={`Stop ${device.hardwareId}`} title="Stop and forget" disabled={stop.isPending} onClick={() => stop.mutate(device.hardwareId)}>
                <Trash2 />
              </AllowedButton>
            </span>
            {device.reason && <p className="w-full text-xs text-muted-foreground">{device.reason}</p>}
          </div>
          {open === device.hardwareId && (
            <LogView path={`virtual-devices/${encodeURIComponent(device.hardwareId)}/log`} label={`Output of ${device.hardwareId}`} empty="It has printed nothing." className="h-56 border-t" />
          )}
        </li>
      ))}
    </ul>
  );
}
