import { Link } from "@tanstack/react-router";
import type { Build } from "@/api/types";
import { Actor } from "@/components/actor";
import { LEAD, ROW_LINK, type Column } from "@/components/data-table";
import { Status } from "@/components/status";
import { Elapsed, Time } from "@/components/time";
import { bytes } from "@/lib/format";
import { BUILD } from "@/lib/status";
import { toolchainName } from "@/lib/toolchains";

export const BUILD_COLUMNS: Column<Build>[] = [
  {
    id: "project",
    header: "Project",
    show: "always",
    className: LEAD,
    cell: (build) => (
      <>
        <Link to="/builds/$buildId" params={{ buildId: build.id }} className={ROW_LINK}>
          {build.projectName}
        </Link>
        <span className="caption block md:hidden">
          <Time at={build.queuedAt} />
        </span>
      </>
    ),
    sort: (build) => build.projectName,
    text: (build) => `${build.projectName} ${build.product}`,
  },
  { id: "version", header: "Version", show: "always", cell: (build) => <span className="num">{build.version}</span>, sort: (build) => build.version, text: (build) => build.version },
  {
    id: "state",
    header: "State",
    show: "always",
    cell: (build) => (
      <>
        <Status kind={BUILD[build.state].kind} word={BUILD[build.state].word} data-testid="build-state" data-state={build.state} />
        {build.state === "queued" && build.position !== null && <span className="num caption"> {build.position}.</span>}
        {build.fromCache && <span className="caption max-md:hidden"> cached</span>}
      </>
    ),
    sort: (build) => build.state,
    text: (build) => BUILD[build.state].word,
  },
  { id: "toolchain", header: "Toolchain", show: "desktop", cell: (build) => toolchainName(build.toolchain), sort: (build) => build.toolchain, text: (build) => `${toolchainName(build.toolchain)} ${build.environment ?? ""}` },
  {
    id: "problems",
    header: "Problems",
    align: "right",
    show: "wide",
    cell: (build) => <span className="num">{build.messages.length === 0 ? <span className="text-muted-foreground">0</span> : build.messages.length}</span>,
    sort: (build) => build.messages.length,
  },
  {
    id: "size",
    header: "Image",
    align: "right",
    show: "wide",
    cell: (build) => <span className="num">{build.image ? bytes(build.image.sizeBytes) : "–"}</span>,
    sort: (build) => build.image?.sizeBytes,
  },
  {
    id: "duration",
    header: "Took",
    align: "right",
    show: "wide",
    cell: (build) => <Elapsed from={build.startedAt} to={build.finishedAt} />,
    sort: (build) => build.durationMs,
  },
  { id: "by", header: "By", show: "desktop", cell: (build) => <Actor actor={build.createdBy} />, sort: (build) => build.createdBy, text: (build) => build.createdBy },
  { id: "queued", header: "Queued", align: "right", show: "wide", cell: (build) => <Time at={build.queuedAt} />, sort: (build) => build.queuedAt },
];
