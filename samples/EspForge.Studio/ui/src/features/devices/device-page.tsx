import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Activity, Pencil, Trash2 } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { toast } from "sonner";
import { device as deviceQuery, telemetry, virtualFleet } from "@/api/queries";
import type { Device } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Id } from "@/components/copyable";
import { LogView } from "@/components/log-view";
import { Empty, ErrorPanel, Facts, Page, PageHeader } from "@/components/page";
import { Status, StatusBadge } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CardSkeleton, Skeleton } from "@/components/ui/skeleton";
import { FitNotice, hardwareFacts } from "@/features/devices/device-fit";
import { DeviceTimeline } from "@/features/devices/device-timeline";
import { EditDialog } from "@/features/devices/edit-dialog";
import { useDeleteDevice } from "@/features/devices/queries";
import { bytes, duration, signalWord } from "@/lib/format";
import { reasonWords } from "@/lib/reasons";
import { memberMark, VIRTUAL } from "@/lib/status";

const DeviceCharts = lazy(() => import("@/features/devices/device-charts"));
const RANGES: [minutes: number, word: string][] = [
  [10, "10 min"],
  [30, "30 min"],
  [180, "3 h"],
  [1440, "24 h"],
];

export function DevicePage() {
  const { deviceId } = useParams({ from: "/devices/$deviceId" });
  const minutes = useSearch({ from: "/devices/$deviceId" }).minutes ?? 30;
  const navigate = useNavigate({ from: "/devices/$deviceId" });
  const query = useQuery(deviceQuery(deviceId));
  const samples = useQuery(telemetry(deviceId, minutes));
  const fleet = useQuery(virtualFleet());
  const [dialog, setDialog] = useState<"edit" | "delete" | null>(null);
  const remove = useDeleteDevice(deviceId);
  const device = query.data;
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorPanel alone error={query.error} retry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!device) {
    return (
      <Page>
        <CardSkeleton />
        <Skeleton className="h-72" />
      </Page>
    );
  }
  const virtual = fleet.data?.devices.find((candidate) => candidate.deviceId === device.deviceId);
  const to = samples.dataUpdatedAt || Date.now();
  return (
    <Page>
      <PageHeader
        title={
          <>
            {device.name ?? <span className="num">{device.deviceId}</span>}
            {device.online ? <StatusBadge kind="confirmed" word="online" /> : <StatusBadge kind="silent" word="offline" />}
            {virtual && <span className="rounded-md border px-1.5 text-xs font-normal text-muted-foreground">virtual</span>}
          </>
        }
        action={
          <>
            <AllowedButton needs="devices.manage" variant="destructive" onClick={() => setDialog("delete")}>
              <Trash2 /> Delete
            </AllowedButton>
            <AllowedButton needs="devices.manage" variant="outline" onClick={() => setDialog("edit")}>
              <Pencil /> Edit
            </AllowedButton>
          </>
        }
      />
      <HeaderLine device={device} />
      <FitNotice device={device} />
      {device.offer && <OfferLine device={device} />}

      <div className="grid grid-cols-[minmax(0,1fr)_380px] gap-4 max-xl:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-4">
          <Card
            title="Telemetry"
            note={samples.data && samples.data.length > 0 ? `${samples.data.length} samples` : undefined}
            action={
              <div role="group" aria-label="Range" className="flex rounded-md border">
                {RANGES.map(([value, word]) => (
                  <button
                    key={value}
                    type="button"
                    aria-pressed={value === minutes}
                    className="num h-7 px-2 text-xs pointer-coarse:h-10 pointer-coarse:min-w-10 text-muted-foreground first:rounded-l-md last:rounded-r-md hover:text-foreground aria-pressed:bg-raised aria-pressed:text-foreground"
                    onClick={() => void navigate({ search: { minutes: value }, replace: true })}
                  >
                    {word}
                  </button>
                ))}
              </div>
            }
            bodyClassName=""
          >
            {samples.isLoadingError ? (
              <ErrorPanel error={samples.error} retry={() => void samples.refetch()} className="m-3" />
            ) : samples.isPending ? (
              <Skeleton className="m-3 h-64" />
            ) : samples.data.length === 0 ? (
              <Empty icon={Activity} title="No telemetry in this time" className="m-3">
                A device sends heap, signal, uptime and its own values with every report. {minutes < 1440 ? "Look at a longer range, or wait for the next report." : "It has not reported for a day."}
              </Empty>
            ) : (
              <Suspense fallback={<Skeleton className="m-3 h-64" />}>
                <DeviceCharts samples={samples.data} from={to - minutes * 60_000} to={to} />
              </Suspense>
            )}
          </Card>
          {virtual && (
            <Card title="Output" note={VIRTUAL[virtual.state].word} bodyClassName="h-80">
              <LogView path={`virtual-devices/${encodeURIComponent(virtual.hardwareId)}/log`} label="Device output" empty="It has printed nothing." className="h-full" />
            </Card>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Card title="Identity">
            <Facts
              items={[
                ["Device id", <Id value={device.deviceId} what="device id" length={26} />],
                ["Hardware id", device.hardwareId ? <Id value={device.hardwareId} what="hardware id" length={26} /> : "–"],
                ["Product", device.product],
                ["Board", <span className="num">{device.board ?? "–"}</span>],
                ["Chip", <span className="num">{device.chip}</span>],
                ...hardwareFacts(device).map(([name, value]): [string, React.ReactNode] => [name, <span className="num">{value}</span>]),
                ["Agent", <span className="num">{device.agentVersion ?? "–"}</span>],
                ["Group", device.group ?? "–"],
                ["Tags", device.tags.length > 0 ? device.tags.join(", ") : "–"],
                ["Since", <Time at={device.createdAt} />],
              ]}
            />
          </Card>
          <Card title="Timeline" scrollLabel="What happened" bodyClassName="max-h-[560px] overflow-y-auto">
            <DeviceTimeline deviceId={device.deviceId} />
          </Card>
        </div>
      </div>
      {dialog === "edit" && <EditDialog device={device} onClose={() => setDialog(null)} />}
      <ConfirmDialog
        open={dialog === "delete"}
        onClose={() => setDialog(null)}
        title={`Delete ${device.name ?? device.deviceId}`}
        confirm="Delete 1 device"
        onConfirm={async () => {
          await remove.mutateAsync();
          toast.success(`${device.name ?? device.deviceId} is deleted`);
          void navigate({ to: "/devices", search: {} });
        }}
      >
        <p>Its key is revoked at once and its telemetry is forgotten. The device keeps running what it runs, and shows a new pairing code when it next asks.</p>
      </ConfirmDialog>
    </Page>
  );
}

function HeaderLine({ device }: { device: Device }) {
  return (
    <dl className="grid grid-cols-6 gap-px overflow-hidden rounded-md border bg-border max-lg:grid-cols-3 max-sm:grid-cols-2">
      <Cell label="Version">
        <span data-testid="device-version">{device.version ?? "–"}</span>
      </Cell>
      <Cell label="Slot">{device.slot ?? "–"}</Cell>
      <Cell label="Signal" note={device.rssiDbm === null ? undefined : signalWord(device.rssiDbm)}>
        {device.rssiDbm === null ? <span className="font-sans text-base font-normal text-muted-foreground">not reported</span> : `${device.rssiDbm} dBm`}
      </Cell>
      <Cell label="Free heap">{bytes(device.freeHeapBytes)}</Cell>
      <Cell label="Up for">{duration(device.uptimeMs)}</Cell>
      <Cell label="Last seen">
        <Time at={device.lastSeenAt} />
      </Cell>
    </dl>
  );
}

function Cell({ label, note, children }: { label: string; note?: string | undefined; children: ReactNode }) {
  return (
    <div className="bg-card px-3 py-2">
      <dt className="caption">{label}</dt>
      <dd className="num text-lg font-semibold">
        {children} {note && <span className="caption font-sans font-normal">{note}</span>}
      </dd>
    </div>
  );
}

function OfferLine({ device }: { device: Device }) {
  const { offer } = device;
  if (!offer) return null;
  const mark = memberMark(offer.state);
  return (
    <section aria-label="Update" className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-md border bg-card px-3 py-2 text-sm">
      <span className="font-medium">Update to</span>
      <span className="num">{offer.version}</span>
      <Status kind={mark.kind} word={mark.word} />
      {offer.percent !== null && mark.kind === "working" && (
        <span className="flex items-center gap-2">
          <span className="h-1.5 w-32 overflow-hidden rounded-full bg-border" role="progressbar" aria-label="Progress" aria-valuenow={offer.percent} aria-valuemin={0} aria-valuemax={100}>
            <span className="block h-full bg-working" style={{ width: `${offer.percent}%` }} />
          </span>
          <span className="num">{offer.percent}%</span>
        </span>
      )}
      {offer.error && (
        <span className="min-w-0 break-words text-failed" title={offer.error}>
          {reasonWords(offer.error)}
          {offer.detail && <span className="text-muted-foreground"> ({offer.detail})</span>}
        </span>
      )}
      <Button asChild variant="ghost" size="sm" className="ml-auto">
        <Link to="/rollouts/$rolloutId" params={{ rolloutId: offer.rolloutId }} search={{}}>
          Open rollout
        </Link>
      </Button>
    </section>
  );
}
