import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronDown, KeyRound, Plus, Router, Waypoints } from "lucide-react";
import { useMemo } from "react";
import { devices, products, virtualFleet } from "@/api/queries";
import type { Device } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { DataTable, LEAD, ROW_LINK, type Column } from "@/components/data-table";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { Status } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { Select } from "@/components/ui/input";
import { TableSkeleton } from "@/components/ui/skeleton";
import { FitMark } from "@/features/devices/device-fit";
import { ClaimDialog } from "@/features/devices/claim-dialog";
import { RegisterDialog } from "@/features/devices/register-dialog";
import { VirtualDialog } from "@/features/devices/virtual-dialog";
import { bytes } from "@/lib/format";
import { useMay } from "@/lib/hooks";
import { memberMark } from "@/lib/status";

type Row = Device & { virtual: boolean };

const COLUMNS: Column<Row>[] = [
  {
    id: "name",
    header: "Device",
    show: "always",
    className: LEAD,
    cell: (device) => (
      <Link to="/devices/$deviceId" params={{ deviceId: device.deviceId }} search={{}} className={ROW_LINK}>
        {device.name ?? <span className="num">{device.deviceId}</span>}
      </Link>
    ),
    sort: (device) => device.name ?? device.deviceId,
    text: (device) => `${device.name ?? ""} ${device.deviceId} ${device.hardwareId ?? ""} ${device.virtual ? "virtual" : ""}`,
  },
  {
    id: "status",
    header: "Status",
    show: "always",
    cell: (device) => (device.online ? <Status kind="confirmed" word="online" /> : <Status kind="silent" word="offline" />),
    sort: (device) => (device.online ? 0 : 1),
    text: (device) => (device.online ? "online" : "offline"),
  },
  {
    id: "version",
    header: "Version",
    show: "always",
    cell: (device) => (
      <span className="num" data-testid="device-version">
        {device.version ?? "–"}
      </span>
    ),
    sort: (device) => device.version,
    text: (device) => device.version,
  },
  {
    id: "offer",
    header: "Update",
    show: "wide",
    cell: (device) =>
      device.offer ? (
        <span className="inline-flex items-center gap-2">
          <Status {...memberMark(device.offer.state)} />
          <span className="num caption">{device.offer.version}</span>
        </span>
      ) : (
        <span className="text-muted-foreground">none</span>
      ),
    sort: (device) => device.offer?.state,
    text: (device) => (device.offer ? `${memberMark(device.offer.state).word} ${device.offer.version}` : ""),
  },
  { id: "product", header: "Product", show: "wide", cell: (device) => device.product, sort: (device) => device.product, text: (device) => device.product },
  {
    id: "board",
    header: "Board",
    show: "desktop",
    cell: (device) => (
      <>
        <span className="num">{device.board ?? device.chip}</span>
        <FitMark device={device} />
      </>
    ),
    sort: (device) => device.board ?? device.chip,
    text: (device) => `${device.board ?? ""} ${device.chip}${device.fit?.fits === false ? " does not fit" : ""}`,
  },
  {
    id: "group",
    header: "Group",
    show: "desktop",
    cell: (device) => (
      <>
        {device.group ?? <span className="text-muted-foreground">–</span>}
        {device.tags.length > 0 && <span className="caption ml-2">{device.tags.join(" · ")}</span>}
      </>
    ),
    sort: (device) => device.group,
    text: (device) => `${device.group ?? ""} ${device.tags.join(" ")}`,
  },
  { id: "slot", header: "Slot", show: "desktop", cell: (device) => <span className="num">{device.slot ?? "–"}</span>, sort: (device) => device.slot },
  { id: "heap", header: "Free heap", align: "right", show: "desktop", cell: (device) => <span className="num">{bytes(device.freeHeapBytes)}</span>, sort: (device) => device.freeHeapBytes },
  { id: "rssi", header: "RSSI", align: "right", show: "desktop", cell: (device) => <span className="num">{device.rssiDbm === null ? "–" : `${device.rssiDbm} dBm`}</span>, sort: (device) => device.rssiDbm },
  { id: "seen", header: "Last seen", align: "right", show: "wide", cell: (device) => <Time at={device.lastSeenAt} />, sort: (device) => device.lastSeenAt },
];

export function DevicesList() {
  const search = useSearch({ from: "/devices" });
  const navigate = useNavigate({ from: "/devices" });
  const query = useQuery(devices({ product: search.product }));
  const known = useQuery(products());
  const fleet = useQuery(virtualFleet());
  const mayClaim = useMay("devices.manage");
  const mayRun = useMay("fleet.manage");
  const virtual = useMemo(() => new Set(fleet.data?.devices.map((device) => device.deviceId)), [fleet.data]);
  const rows = useMemo(
    () =>
      (query.data ?? [])
        .filter((device) => search.online === undefined || device.online === (search.online === "yes"))
        .map((device) => ({ ...device, virtual: virtual.has(device.deviceId) })),
    [query.data, search.online, virtual],
  );
  const ask = (dialog: "claim" | "virtual" | "register") => void navigate({ search: (old) => ({ ...old, dialog }) });
  const close = () => void navigate({ search: (old) => ({ ...old, dialog: undefined }), replace: true });
  const filtered = search.product !== undefined || search.online !== undefined;

  return (
    <Page>
      <PageHeader
        title="Devices"
        about="Everything that has been claimed or registered, and what it runs."
        action={
          <>
            <AllowedButton needs="fleet.manage" variant="outline" onClick={() => ask("virtual")}>
              <Waypoints /> Add virtual devices
            </AllowedButton>
            <div className="flex">
              <AllowedButton needs="devices.manage" className="rounded-r-none" onClick={() => ask("claim")}>
                <Plus /> Claim a device
              </AllowedButton>
              {mayClaim.allowed && (
                <DropdownMenu>
                  <DropdownMenuTrigger asChild>
                    <Button size="icon" className="rounded-l-none border-l-background/30" aria-label="Other ways to add a device">
                      <ChevronDown />
                    </Button>
                  </DropdownMenuTrigger>
                  <DropdownMenuContent align="end">
                    <DropdownMenuItem onSelect={() => ask("register")}>
                      <KeyRound /> Register up front
                    </DropdownMenuItem>
                  </DropdownMenuContent>
                </DropdownMenu>
              )}
            </div>
          </>
        }
      />
      {query.isLoadingError ? (
        <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <TableSkeleton rows={10} />
      ) : (
        <DataTable
          label="Devices"
          columns={COLUMNS}
          rows={rows}
          rowKey={(device) => device.deviceId}
          search={search}
          defaultSort="name"
          onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          rowProps={(device) => ({ "data-testid": "device-row", "data-device": device.deviceId, "data-online": String(device.online), "data-version": device.version ?? "" })}
          filters={
            <>
              <Select aria-label="Product" className="w-44 max-md:w-auto max-md:min-w-32 max-md:flex-1" value={search.product ?? ""} onChange={(event) => void navigate({ search: (old) => ({ ...old, product: event.target.value || undefined }), replace: true })}>
                <option value="">Any product</option>
                {known.data?.map((product) => (
                  <option key={product.product} value={product.product}>
                    {product.product}
                  </option>
                ))}
              </Select>
              <Select
                aria-label="Online"
                className="w-32 max-md:w-auto max-md:min-w-32 max-md:flex-1"
                value={search.online ?? ""}
                onChange={(event) => void navigate({ search: (old) => ({ ...old, online: (event.target.value || undefined) as "yes" | "no" | undefined }), replace: true })}
              >
                <option value="">Any status</option>
                <option value="yes">Online</option>
                <option value="no">Offline</option>
              </Select>
            </>
          }
          empty={
            filtered ? (
              <Empty
                icon={Router}
                title="No device matches"
                action={
                  <Button variant="outline" onClick={() => void navigate({ search: {} })}>
                    Show all devices
                  </Button>
                }
              />
            ) : (
              <Empty
                icon={Router}
                title="No devices yet"
                action={
                  <>
                    {mayRun.allowed && <Button onClick={() => ask("virtual")}>Add virtual devices</Button>}
                    {mayClaim.allowed && (
                      <Button variant="outline" onClick={() => ask("claim")}>
                        Claim a device
                      </Button>
                    )}
                  </>
                }
              >
                A device shows a 6-digit code when it starts for the first time; claim it with the code. Or run virtual devices here: the same agent as a process, with two slots and a bootloader.
              </Empty>
            )
          }
        />
      )}
      {search.dialog === "claim" && <ClaimDialog onClose={close} />}
      {search.dialog === "register" && <RegisterDialog onClose={close} />}
      {search.dialog === "virtual" && <VirtualDialog onClose={close} />}
    </Page>
  );
}
