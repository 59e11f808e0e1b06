import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Download, Rocket } from "lucide-react";
import { release as releaseQuery, rollouts } from "@/api/queries";
import type { Release, RolloutSummary } from "@/api/types";
import { Actor } from "@/components/actor";
import { CommandLine, Id } from "@/components/copyable";
import { ErrorPanel, Facts, Page, PageHeader } from "@/components/page";
import { Status } from "@/components/status";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CardSkeleton } from "@/components/ui/skeleton";
import { downloadFile } from "@/components/download";
import { bytes, count, imageFileName } from "@/lib/format";
import { useMay } from "@/lib/hooks";
import { ROLLOUT } from "@/lib/status";

/** What a person types to check the image without us. */
export function verifyCommand(release: Release, origin: string): string {
  const file = imageFileName(release.image);
  return [
    `curl -fsS ${origin}/.well-known/espforge/keys.pem -o keys.pem`,
    `echo "${release.image.sha256}  ${file}" | sha256sum -c`,
    `openssl dgst -sha256 -verify keys.pem -signature ${file}.sig ${file}`,
  ].join("\n");
}

export function ReleasePage() {
  const { releaseId } = useParams({ from: "/releases/$releaseId" });
  const query = useQuery(releaseQuery(releaseId));
  const all = useQuery(rollouts());
  const manage = useMay("rollouts.manage");
  const release = query.data;
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorPanel alone error={query.error} retry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!release) {
    return (
      <Page>
        <CardSkeleton />
        <CardSkeleton className="h-48" />
      </Page>
    );
  }
  const mine = all.data?.filter((rollout) => rollout.releaseId === release.id) ?? [];
  const name = `${release.product}-${release.version}`;
  const keep = (path: string, file: string) => void downloadFile(path, file);
  return (
    <Page>
      <PageHeader
        title={
          <>
            {release.product} <span className="num">{release.version}</span>
          </>
        }
        about={
          <>
            Released <Time at={release.createdAt} /> by <Actor actor={release.createdBy} />
          </>
        }
        action={
          manage.allowed ? (
            <Button asChild>
              <Link to="/rollouts/new" search={{ release: release.id }}>
                <Rocket /> Roll out
              </Link>
            </Button>
          ) : (
            <Button aria-disabled="true" title={manage.reason}>
              <Rocket /> Roll out
            </Button>
          )
        }
      />
      <div className="grid grid-cols-2 gap-4 max-lg:grid-cols-1">
        <Card
          title="Manifest"
          note="COSE_Sign1, deterministic CBOR"
          action={
            <Button variant="ghost" size="sm" onClick={() => keep(`releases/${release.id}/manifest`, `${name}.cose`)}>
              <Download /> Download
            </Button>
          }
        >
          <Facts
            items={[
              ["Sequence", <span className="num text-lg font-semibold">{release.sequence}</span>],
              ["Key id", <Id value={release.keyId} what="key id" length={32} />],
              ["Product", <span className="num">{release.product}</span>],
              ["Chip", <span className="num">{release.chip}</span>],
              ["Issued", <Time at={release.issuedAt} />],
              ["Expires", release.expiresAt ? <Time at={release.expiresAt} /> : "never"],
              ["Release id", <Id value={release.id} what="release id" length={36} />],
            ]}
          />
        </Card>
        <Card
          title="Image"
          action={
            <Button variant="ghost" size="sm" onClick={() => keep(`images/${release.image.sha256}/content`, imageFileName(release.image))}>
              <Download /> Download
            </Button>
          }
        >
          <Facts
            items={[
              ["Size", <span className="num text-lg font-semibold">{bytes(release.image.sizeBytes)}</span>],
              ["SHA-256", <Id value={release.image.sha256} what="SHA-256" length={32} />],
              ["Format", release.image.format === "host" ? "host (virtual device)" : "esp (chip image)"],
              ["File", <span className="num">{imageFileName(release.image)}</span>],
              ["Agent", <span className="num">{release.image.agentVersion ?? "–"}</span>],
              [
                "Build",
                release.image.buildId ? (
                  <Link to="/builds/$buildId" params={{ buildId: release.image.buildId }} className="underline underline-offset-4">
                    open
                  </Link>
                ) : (
                  "uploaded"
                ),
              ],
              ["Created", <Time at={release.image.createdAt} />],
            ]}
          />
        </Card>
        <Card
          title="Check it yourself"
          note="the key, the hash and the detached signature"
          action={
            <Button variant="ghost" size="sm" onClick={() => keep(`/device/v1/images/${release.image.sha256}.sig`, `${imageFileName(release.image)}.sig`)}>
              <Download /> Signature
            </Button>
          }
        >
          <CommandLine text={verifyCommand(release, window.location.origin)} what="verify commands" />
          <p className="caption mt-2">Download the image and its signature into one folder first.</p>
        </Card>
        <Card title="Rollouts of it" bodyClassName="">
          <RolloutLines rollouts={mine} />
        </Card>
        {release.notes && (
          <Card title="Notes" className="col-span-full">
            <p className="max-w-prose text-sm whitespace-pre-wrap">{release.notes}</p>
          </Card>
        )}
      </div>
    </Page>
  );
}

function RolloutLines({ rollouts: list }: { rollouts: RolloutSummary[] }) {
  if (list.length === 0) return <p className="px-3 py-6 text-center text-sm text-muted-foreground">Not rolled out yet. No device has been offered it.</p>;
  return (
    <ul>
      {list.map((rollout) => (
        <li key={rollout.id} className="relative flex h-9 items-center gap-3 border-b px-3 text-sm last:border-b-0 hover:bg-raised/60">
          <Link to="/rollouts/$rolloutId" params={{ rolloutId: rollout.id }} search={{}} className="min-w-0 truncate font-medium after:absolute after:inset-0">
            {rollout.name}
          </Link>
          <span className="num caption">
            {count(rollout.confirmed)}/{count(rollout.devices)}
          </span>
          <Status kind={ROLLOUT[rollout.state].kind} word={ROLLOUT[rollout.state].word} className="ml-auto" />
        </li>
      ))}
    </ul>
  );
}
