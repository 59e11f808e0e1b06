import { useQuery } from "@tanstack/react-query";
import { Hammer } from "lucide-react";
import { useState } from "react";
import { projectBuilds } from "@/api/queries";
import { DataTable } from "@/components/data-table";
import { Empty, ErrorPanel } from "@/components/page";
import { TableSkeleton } from "@/components/ui/skeleton";
import { BUILD_COLUMNS } from "@/features/builds/build-columns";
import type { TableSearch } from "@/lib/table-search";

/** The builds of one project, as a tab of its page. */
export function ProjectBuilds({ projectId }: { projectId: string }) {
  const query = useQuery(projectBuilds(projectId));
  const [search, setSearch] = useState<TableSearch>({ hide: "project" });
  if (query.isLoadingError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <TableSkeleton />;
  const columns = BUILD_COLUMNS.filter((column) => column.id !== "project").map((column) =>
    column.id === "version" ? { ...column, cell: BUILD_COLUMNS[0]?.cell ?? column.cell, header: "Build" } : column,
  );
  const version = BUILD_COLUMNS.find((column) => column.id === "version");
  return (
    <DataTable
      label="Builds of this project"
      columns={version ? [columns[0] ?? version, { ...version, id: "number" }, ...columns.slice(1)] : columns}
      rows={query.data}
      rowKey={(build) => build.id}
      search={search}
      onSearch={(change) => setSearch((old) => ({ ...old, ...change }))}
      empty={
        <Empty icon={Hammer} title="Not built yet">
          Press Ctrl B, or the Build button above.
        </Empty>
      }
    />
  );
}
