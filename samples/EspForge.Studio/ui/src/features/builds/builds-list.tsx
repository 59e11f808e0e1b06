import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Hammer } from "lucide-react";
import { builds } from "@/api/queries";
import type { BuildState } from "@/api/types";
import { DataTable } from "@/components/data-table";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { TableSkeleton } from "@/components/ui/skeleton";
import { BUILD_COLUMNS } from "@/features/builds/build-columns";
import { BUILD } from "@/lib/status";

export function BuildsList() {
  const query = useQuery(builds());
  const search = useSearch({ from: "/builds" });
  const navigate = useNavigate({ from: "/builds" });
  const rows = (query.data ?? []).filter((build) => search.state === undefined || build.state === search.state);
  return (
    <Page>
      <PageHeader
        title="Builds"
        about="From project to image, in the order they were asked for."
        action={
          <Button asChild variant="outline">
            <Link to="/projects" search={{}}>
              Build a project
            </Link>
          </Button>
        }
      />
      {query.isLoadingError ? (
        <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <TableSkeleton />
      ) : (
        <DataTable
          label="Builds"
          columns={BUILD_COLUMNS}
          rows={rows}
          rowKey={(build) => build.id}
          search={search}
          onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          filters={
            <Select
              aria-label="State"
              className="w-36"
              value={search.state ?? ""}
              onChange={(event) => void navigate({ search: (old) => ({ ...old, state: event.target.value || undefined }), replace: true })}
            >
              <option value="">Any state</option>
              {(Object.keys(BUILD) as BuildState[]).map((state) => (
                <option key={state} value={state}>
                  {BUILD[state].word}
                </option>
              ))}
            </Select>
          }
          empty={
            <Empty
              icon={Hammer}
              title={search.state === undefined ? "No build yet" : "No build in this state"}
              action={
                search.state === undefined ? (
                  <Button asChild>
                    <Link to="/projects" search={{}}>
                      Open a project
                    </Link>
                  </Button>
                ) : (
                  <Button variant="outline" onClick={() => void navigate({ search: {} })}>
                    Show all builds
                  </Button>
                )
              }
            >
              Open a project and press Ctrl B. The pins are checked first, then the code is compiled in a sandbox.
            </Empty>
          }
        />
      )}
    </Page>
  );
}
