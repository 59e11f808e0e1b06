import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Import, Plus, SquareTerminal } from "lucide-react";
import { projects } from "@/api/queries";
import type { Project } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { DataTable, LEAD, ROW_LINK, type Column } from "@/components/data-table";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { Time } from "@/components/time";
import { TableSkeleton } from "@/components/ui/skeleton";
import { ImportDialog } from "@/features/projects/import-dialog";
import { NewProjectDialog } from "@/features/projects/new-project-dialog";
import { useMay } from "@/lib/hooks";
import { toolchainName } from "@/lib/toolchains";

const COLUMNS: Column<Project>[] = [
  {
    id: "name",
    header: "Project",
    show: "always",
    className: LEAD,
    cell: (project) => (
      <>
        <Link to="/projects/$projectId" params={{ projectId: project.id }} search={{}} className={ROW_LINK}>
          {project.name}
        </Link>
        <span className="num caption block md:hidden">{project.board}</span>
      </>
    ),
    sort: (project) => project.name,
    text: (project) => `${project.name} ${project.id}`,
  },
  { id: "product", header: "Product", show: "wide", cell: (project) => <span className="num">{project.product}</span>, sort: (project) => project.product, text: (project) => project.product },
  { id: "board", header: "Board", show: "wide", cell: (project) => <span className="num">{project.board}</span>, sort: (project) => project.board, text: (project) => project.board },
  { id: "chip", header: "Chip", show: "wide", cell: (project) => <span className="num">{project.chip}</span>, sort: (project) => project.chip, text: (project) => project.chip },
  { id: "toolchain", header: "Toolchain", show: "desktop", cell: (project) => toolchainName(project.toolchain), sort: (project) => project.toolchain, text: (project) => toolchainName(project.toolchain) },
  { id: "pins", header: "Pins used", align: "right", show: "wide", cell: (project) => <span className="num">{project.plan.uses.length}</span>, sort: (project) => project.plan.uses.length },
  { id: "files", header: "Files", align: "right", show: "desktop", cell: (project) => <span className="num">{project.files.length}</span>, sort: (project) => project.files.length },
  { id: "updated", header: "Changed", align: "right", show: "always", cell: (project) => <Time at={project.updatedAt} />, sort: (project) => project.updatedAt },
];

export function ProjectsList() {
  const query = useQuery(projects());
  const search = useSearch({ from: "/projects" });
  const navigate = useNavigate({ from: "/projects" });
  const may = useMay("projects.write");
  const open = () => void navigate({ search: (old) => ({ ...old, new: true }) });
  const create = (
    <>
      <AllowedButton needs="projects.write" variant="outline" onClick={() => void navigate({ search: (old) => ({ ...old, import: true }) })}>
        <Import /> Import
      </AllowedButton>
      <AllowedButton needs="projects.write" onClick={open}>
        <Plus /> New project
      </AllowedButton>
    </>
  );
  return (
    <Page>
      <PageHeader title="Projects" about="A board, its pin plan and the code that runs on it." action={create} />
      {query.isLoadingError ? (
        <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <TableSkeleton />
      ) : (
        <DataTable
          label="Projects"
          columns={COLUMNS}
          rows={query.data}
          rowKey={(project) => project.id}
          search={search}
          onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          empty={
            <Empty icon={SquareTerminal} title="No project yet" action={create}>
              Pick a board and a template: the pins are placed for you, the code compiles as it is, and the result runs on a chip or on a virtual device here.
            </Empty>
          }
        />
      )}
      {search.import === true && may.allowed && <ImportDialog onClose={() => void navigate({ search: (old) => ({ ...old, import: undefined }), replace: true })} />}
      {search.new === true && may.allowed && <NewProjectDialog onClose={() => void navigate({ search: (old) => ({ ...old, new: undefined }), replace: true })} />}
    </Page>
  );
}
