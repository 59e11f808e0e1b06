import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Download, Package, Square } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { build as buildQuery, isOpen, project as projectQuery, releases } from "@/api/queries";
import type { Build } from "@/api/types";
import { Actor } from "@/components/actor";
import { AllowedButton } from "@/components/allowed-button";
import { Id } from "@/components/copyable";
import { downloadFile } from "@/components/download";
import { ErrorPanel, Facts, Page, PageHeader } from "@/components/page";
import { StatusBadge } from "@/components/status";
import { Elapsed, Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CardSkeleton, Skeleton } from "@/components/ui/skeleton";
import { BuildMessages } from "@/features/builds/build-messages";
import { FlashParts } from "@/features/builds/flash-parts";
import { sizeChange } from "@/features/builds/memory";
import { MemoryBars } from "@/features/builds/memory-bars";
import { useCancelBuild } from "@/features/builds/queries";
import { bytes, imageFileName, plural } from "@/lib/format";
import { sentence } from "@/lib/reasons";
import { BUILD } from "@/lib/status";
import { toolchainName } from "@/lib/toolchains";

const Terminal = lazy(() => import("@/components/terminal"));

interface BuildPageProps {
  buildId: string;
  releaseDialog: (build: Build, close: () => void) => ReactNode;
}

export function BuildPage({ buildId, releaseDialog }: BuildPageProps) {
  const query = useQuery(buildQuery(buildId));
  const build = query.data;
  const released = useQuery({ ...releases(build?.product), enabled: build?.image !== null && build?.image !== undefined }).data?.find(
    (release) => release.image.sha256 === build?.image?.sha256,
  );
  const navigate = useNavigate();
  const files = useQuery({ ...projectQuery(build?.projectId ?? ""), retry: false }).data?.files;
  const resolve = (name: string) => {
    const clean = name.replace(/^(\.\/)+/, "");
    return files?.map((file) => file.path).filter((path) => path === clean || clean.endsWith(`/${path}`)).sort((a, b) => b.length - a.length)[0] ?? null;
  };
  const open = (file: string, line: number, column: number) => void navigate({ to: "/projects/$projectId", params: { projectId: build?.projectId ?? "" }, search: { file, line, column } });
  const cancel = useCancelBuild();
  const [releasing, setReleasing] = useState(false);

  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorPanel alone error={query.error} retry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!build) {
    return (
      <Page>
        <CardSkeleton />
        <CardSkeleton className="h-64" />
      </Page>
    );
  }
  const { image } = build;
  const change = sizeChange(build);
  const errors = build.messages.filter((message) => message.severity.includes("error")).length;
  return (
    <Page>
      <PageHeader
        title={
          <>
            {build.projectName} <span className="num">{build.version}</span>
            <StatusBadge kind={BUILD[build.state].kind} word={BUILD[build.state].word} data-testid="build-state" data-state={build.state} />
            {build.fromCache && (
              <span className="rounded-md border px-2 text-sm font-normal text-muted-foreground" title="An earlier build of the same inputs gave this image; nothing was compiled again." data-testid="from-cache">
                from the cache
              </span>
            )}
          </>
        }
        about={
          <>
            Build of{" "}
            <Link to="/projects/$projectId" params={{ projectId: build.projectId }} search={{}} className="text-foreground underline underline-offset-4">
              {build.projectName}
            </Link>
            , queued <Time at={build.queuedAt} /> by <Actor actor={build.createdBy} />
            {build.state === "queued" && build.position !== null && (
              <>
                , <span className="text-foreground">number {build.position} in the queue</span>
              </>
            )}
          </>
        }
        action={
          isOpen(build.state) ? (
            <AllowedButton needs="builds.run" variant="outline" onClick={() => cancel.mutate(build.id)} disabled={cancel.isPending}>
              <Square /> Cancel build
            </AllowedButton>
          ) : image === null ? null : released ? (
            <Button asChild>
              <Link to="/releases/$releaseId" params={{ releaseId: released.id }}>
                <Package /> Open release
              </Link>
            </Button>
          ) : (
            <AllowedButton needs="releases.create" onClick={() => setReleasing(true)}>
              <Package /> Release this
            </AllowedButton>
          )
        }
      />
      {build.acceptedErrors !== null && (
        <p className="rounded-md border border-warning/60 px-3 py-2 text-sm" data-testid="accepted-errors">
          <span aria-hidden className="mr-1.5 text-warning">
            ▲
          </span>
          Built although the pin plan has errors. The reason of <Actor actor={build.createdBy} />: <q className="font-medium break-words">{build.acceptedErrors}</q>
        </p>
      )}
      {build.error && (
        <div role="alert" className="rounded-md border border-destructive/50 bg-destructive/8 px-3 py-2 text-sm">
          <p className="font-medium break-words">{sentence(build.error.message)}</p>
          <p className="text-foreground/80">
            The project is unchanged; correct it and build again. <span className="num caption">{build.error.code}</span>
          </p>
        </div>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)_380px] gap-4 max-xl:grid-cols-1">
        <Card title="Log" bodyClassName="h-[calc(100dvh-260px)] min-h-80">
          <Suspense fallback={<Skeleton className="m-3 h-40" />}>
            <Terminal
              path={`builds/${build.id}/log`}
              label="Log of the build"
              empty="The log is empty."
              testId="build-log"
              className="h-full"
              resolve={resolve}
              onPlace={({ file, line, column }) => open(file, line, column)}
            />
          </Suspense>
        </Card>
        <div className="flex min-w-0 flex-col gap-4 max-xl:order-first">
          {image && (
            <Card
              title="Image"
              action={
                <AllowedButton
                  needs="images.read"
                  variant="ghost"
                  size="sm"
                  onClick={() => void downloadFile(`images/${image.sha256}/content`, imageFileName(image))}
                >
                  <Download /> Download
                </AllowedButton>
              }
            >
              <Facts
                items={[
                  ["Size", <span className="num">{bytes(image.sizeBytes)}</span>],
                  ...(change && build.previous
                    ? ([
                        [
                          "Change",
                          <span data-testid="size-change">
                            <span className="num">{change.words}</span> <span className="text-muted-foreground">against</span>{" "}
                            <Link to="/builds/$buildId" params={{ buildId: build.previous.buildId }} className="num underline underline-offset-4">
                              {build.previous.version}
                            </Link>
                          </span>,
                        ],
                      ] as [string, ReactNode][])
                    : []),
                  ["SHA-256", <Id value={image.sha256} what="SHA-256" length={20} />],
                  ["Format", image.format === "host" ? "host (virtual device)" : "esp (chip image)"],
                  ["Chip", <span className="num">{image.chip}</span>],
                  ["Agent", <span className="num">{image.agentVersion ?? "–"}</span>],
                  ["File", <span className="num">{imageFileName(image)}</span>],
                ]}
              />
            </Card>
          )}
          {(build.memory !== null || build.state === "succeeded") && (
            <Card title="Memory">
              <MemoryBars memory={build.memory} imageBytes={image?.sizeBytes ?? null} />
            </Card>
          )}
          {build.flashParts.length > 0 && image && (
            <Card title="Flash parts" note="for a board that never ran this product">
              <FlashParts build={{ ...build, chip: image.chip }} />
            </Card>
          )}
          {build.flashParts.length === 0 && image?.format === "esp" && (
            <Card title="Flash parts">
              <p className="text-sm text-muted-foreground">They are no longer kept: a project's newest builds have theirs, and what is released. Build {build.version} again to have them.</p>
            </Card>
          )}
          <Card title="Build">
            <Facts
              items={[
                ["Toolchain", `${toolchainName(build.toolchain)}${build.environment === null ? "" : `, environment ${build.environment}`}`],
                ["Product", <span className="num">{build.product}</span>],
                ["Took", <Elapsed from={build.startedAt} to={build.finishedAt} />],
                ["Sandbox", <span className="num">{build.sandbox ?? "–"}</span>],
                ["Started", <Time at={build.startedAt} />],
                ["Id", <Id value={build.id} what="build id" length={18} />],
              ]}
            />
          </Card>
          <Card title="Problems" note={`${plural(errors, "error")}, ${plural(build.warnings, "warning")}`} scrollLabel="Problem list" bodyClassName="max-h-96 overflow-y-auto">
            {build.messages.length === 0 ? <p className="px-3 py-3 text-sm text-muted-foreground">{isOpen(build.state) ? "None so far." : "None."}</p> : (
              <BuildMessages
                messages={build.messages}
                onPick={(message) => {
                  const file = message.file === null ? null : resolve(message.file);
                  if (file !== null) open(file, message.line ?? 1, message.column ?? 1);
                }}
              />
            )}
          </Card>
        </div>
      </div>
      {releasing && releaseDialog(build, () => setReleasing(false))}
    </Page>
  );
}
