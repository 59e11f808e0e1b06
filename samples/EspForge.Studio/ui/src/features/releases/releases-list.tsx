import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Package, Plus } from "lucide-react";
import { images, releases } from "@/api/queries";
import type { Release } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { DataTable, LEAD, ROW_LINK, type Column } from "@/components/data-table";
import { Id } from "@/components/copyable";
import { Empty, ErrorPanel, Page, PageHeader } from "@/components/page";
import { Time } from "@/components/time";
import { TableSkeleton } from "@/components/ui/skeleton";
import { ReleaseDialog } from "@/features/releases/release-dialog";
import { bytes } from "@/lib/format";

const COLUMNS: Column<Release>[] = [
  {
    id: "product",
    header: "Product",
    show: "always",
    className: LEAD,
    cell: (release) => (
      <Link to="/releases/$releaseId" params={{ releaseId: release.id }} className={ROW_LINK}>
        {release.product}
      </Link>
    ),
    sort: (release) => release.product,
    text: (release) => release.product,
  },
  { id: "version", header: "Version", show: "always", cell: (release) => <span className="num">{release.version}</span>, sort: (release) => release.version, text: (release) => release.version },
  { id: "sequence", header: "Sequence", align: "right", show: "wide", cell: (release) => <span className="num">{release.sequence}</span>, sort: (release) => release.sequence },
  { id: "chip", header: "Chip", show: "wide", cell: (release) => <span className="num">{release.chip}</span>, sort: (release) => release.chip, text: (release) => release.chip },
  { id: "size", header: "Image", align: "right", show: "wide", cell: (release) => <span className="num">{bytes(release.image.sizeBytes)}</span>, sort: (release) => release.image.sizeBytes },
  { id: "sha", header: "SHA-256", show: "desktop", cell: (release) => <Id value={release.image.sha256} what="SHA-256" />, text: (release) => release.image.sha256 },
  { id: "key", header: "Key", show: "desktop", cell: (release) => <Id value={release.keyId} what="key id" length={8} />, text: (release) => release.keyId },
  { id: "notes", header: "Notes", show: "desktop", cell: (release) => <span className="text-muted-foreground">{release.notes ?? ""}</span>, text: (release) => release.notes },
  { id: "created", header: "Released", align: "right", cell: (release) => <Time at={release.createdAt} />, sort: (release) => release.createdAt },
];

export function ReleasesList() {
  const query = useQuery(releases());
  const search = useSearch({ from: "/releases" });
  const navigate = useNavigate({ from: "/releases" });
  const allImages = useQuery({ ...images(), enabled: search.new === true });
  const close = () => void navigate({ search: (old) => ({ ...old, new: undefined, image: undefined }), replace: true });
  const create = (
    <AllowedButton needs="releases.create" onClick={() => void navigate({ search: (old) => ({ ...old, new: true }) })}>
      <Plus /> New release
    </AllowedButton>
  );
  return (
    <Page>
      <PageHeader title="Releases" about="Signed images. A release never changes; a correction is a new one with a higher sequence." action={create} />
      {query.isLoadingError ? (
        <ErrorPanel error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <TableSkeleton />
      ) : (
        <DataTable
          label="Releases"
          columns={COLUMNS}
          rows={query.data}
          rowKey={(release) => release.id}
          search={search}
          onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          empty={
            <Empty icon={Package} title="Nothing released yet" action={create}>
              A release is an image of yours with a signed manifest. Devices accept nothing else.
            </Empty>
          }
        />
      )}
      {search.new === true && allImages.data && (
        <ReleaseDialog
          image={search.image ? allImages.data.find((image) => image.sha256 === search.image) : undefined}
          images={allImages.data}
          onClose={close}
        />
      )}
    </Page>
  );
}
