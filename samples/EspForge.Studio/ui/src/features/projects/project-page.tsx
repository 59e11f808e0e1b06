import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Download, Ellipsis, FileSearch, Files, FileX, Hammer, History, Pencil, Save, Search, Trash2 } from "lucide-react";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { toast } from "sonner";
import { build as buildQuery, project as projectQuery, projectBuilds } from "@/api/queries";
import type { BuildMessage, Plan, Project } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { downloadFile } from "@/components/download";
import { ErrorPanel, Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { CardSkeleton, Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BuildDialog } from "@/features/projects/build-dialog";
import { CodeTab, type SideRequest } from "@/features/projects/code-tab";
import { ConflictDialog } from "@/features/projects/conflict-dialog";
import { drafts } from "@/features/projects/drafts";
import { useDiagnostics } from "@/features/projects/language/state";
import { fileNamed } from "@/features/projects/paths";
import { useChangeProject, useDeleteProject } from "@/features/projects/queries";
import { QuickOpen } from "@/features/projects/quick-open";
import { RenameDialog } from "@/features/projects/rename-dialog";
import type { Side } from "@/features/projects/side-panel";
import { useWorkspace } from "@/features/projects/use-workspace";
import { useCommands } from "@/lib/commands";
import { plural } from "@/lib/format";
import { useMay } from "@/lib/hooks";

/** What the panel under the editor needs of the page around it. */
export interface BuildPanelSlot {
  buildId: string | null;
  /** What the language server says of the open files. */
  typing: readonly BuildMessage[];
  /** The project's file that a name in a log means. */
  resolve: (name: string) => string | null;
  onPlace: (place: { file: string; line: number; column: number }) => void;
}

interface ProjectPageProps {
  projectId: string;
  pins: (project: Project, save: (plan: Plan) => Promise<unknown>) => ReactNode;
  builds: (project: Project) => ReactNode;
  buildPanel: (slot: BuildPanelSlot) => ReactNode;
}

export function ProjectPage({ projectId, ...slots }: ProjectPageProps) {
  const query = useQuery(projectQuery(projectId));
  if (query.isLoadingError) {
    return (
      <Page>
        <ErrorPanel alone error={query.error} retry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page>
        <CardSkeleton />
        <Skeleton className="h-96" />
      </Page>
    );
  }
  return <Loaded project={query.data} {...slots} />;
}

const isNarrow = () => window.matchMedia("(max-width: 767px)").matches;

function Loaded({ project, pins, builds, buildPanel }: Omit<ProjectPageProps, "projectId"> & { project: Project }) {
  const client = useQueryClient();
  const search = useSearch({ from: "/projects/$projectId" });
  const navigate = useNavigate({ from: "/projects/$projectId" });
  const mayBuild = useMay("builds.run");
  const [dialog, setDialog] = useState<"build" | "rename" | "delete" | "open" | null>(null);
  const [started, setStarted] = useState<string | null>(null);
  const [side, setSide] = useState<SideRequest>({ side: "files", request: 0 });
  const [sideOpen, setSideOpen] = useState(() => !isNarrow());
  const last = useQuery(projectBuilds(project.id)).data?.[0]?.id ?? null;
  const buildId = started ?? last;
  const messages = useQuery({ ...buildQuery(buildId ?? ""), enabled: buildId !== null, refetchInterval: false }).data?.messages ?? NO_MESSAGES;
  const change = useChangeProject(project.id);
  const remove = useDeleteProject(project.id);
  const workspace = useWorkspace(project, search.file);
  const typing = useDiagnostics(project.id);
  const { unsaved, all, openFile, save, path, closeFile } = workspace;
  const tab = search.tab ?? "code";
  const unsavedCount = Object.keys(unsaved).length;

  // A link may lead to a line, once.
  useEffect(() => {
    if (search.file !== undefined && search.line !== undefined) openFile(search.file, { line: search.line, column: search.column ?? 1 });
  }, [search.file, search.line, search.column, openFile]);

  // What is unsaved stays in this browser's tab; who goes elsewhere is told so.
  const { id, name } = project;
  useEffect(
    () => () => {
      const left = Object.keys(drafts.of(id)).length;
      if (left > 0) toast.info(`${plural(left, "file")} of ${name} ${left === 1 ? "is" : "are"} not saved`, { description: "The text is kept while this tab is open." });
    },
    [id, name],
  );

  const toSide = (next: Side) => {
    if (tab !== "code") void navigate({ search: {}, replace: true });
    setSide((old) => ({ side: next, request: old.request + 1 }));
    setSideOpen(true);
  };
  const exportZip = () => void downloadFile(`projects/${project.id}/archive`, `${project.product}.zip`);

  useCommands([
    { id: "save", label: "Save all files", icon: Save, keys: "Ctrl S", run: () => void save("all") },
    ...(mayBuild.allowed ? [{ id: "build", label: "Build the project", icon: Hammer, keys: "Ctrl B", run: () => setDialog("build") }] : []),
    { id: "open", label: "Open a file by name", icon: FileSearch, keys: "Ctrl P", run: () => setDialog("open") },
    { id: "search", label: "Search in files", icon: Search, keys: "Ctrl Shift F", run: () => toSide("search") },
    { id: "files", label: "Show the files", icon: Files, keys: "Ctrl Shift E", run: () => toSide("files") },
    { id: "history", label: "Show the history", icon: History, keys: "Ctrl Shift H", run: () => toSide("history") },
    ...(tab === "code" ? [{ id: "close", label: "Close the file", icon: FileX, keys: "Alt W", run: () => closeFile(path) }] : []),
    { id: "export", label: "Export the project as a zip", icon: Download, run: exportZip },
  ]);

  const resolve = useCallback((file: string) => fileNamed(file, all), [all]);
  const { mutateAsync: changeProject } = change;
  const savePlan = useCallback(
    async (plan: Plan) => {
      await changeProject({ plan });
      toast.success("Pin plan saved");
    },
    [changeProject],
  );

  return (
    <Tabs
      value={tab}
      onValueChange={(next) => void navigate({ search: next === "code" ? {} : { tab: next as "pins" | "builds" }, replace: true })}
      className="flex h-full min-h-0 flex-col"
    >
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 pt-2 max-md:px-3">
        <h1 title={project.name} className="min-w-0 truncate text-lg font-semibold">
          {project.name}
        </h1>
        <p className="num caption max-sm:hidden">
          {project.product} · {project.board} · {project.toolchain}
        </p>
        <div className="ml-auto flex items-center gap-2">
          {unsavedCount > 0 && (
            <AllowedButton needs="projects.write" variant="outline" onClick={() => void save("all")} disabled={workspace.saving} title="Ctrl S">
              <Save /> Save {plural(unsavedCount, "file")}
            </AllowedButton>
          )}
          <AllowedButton needs="builds.run" onClick={() => setDialog("build")} title="Ctrl B">
            <Hammer /> Build
          </AllowedButton>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="icon" aria-label="More about this project">
                <Ellipsis />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="end">
              <DropdownMenuItem onSelect={exportZip}>
                <Download /> Export as zip
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDialog("rename")}>
                <Pencil /> Rename or change toolchain
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDialog("delete")}>
                <Trash2 /> Delete
              </DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </div>
        <TabsList className="w-full border-b-0">
          <TabsTrigger value="code">Code</TabsTrigger>
          <TabsTrigger value="pins">
            Pins <span className="num text-xs text-muted-foreground">{project.plan.uses.length}</span>
          </TabsTrigger>
          <TabsTrigger value="builds">Builds</TabsTrigger>
        </TabsList>
      </header>
      <TabsContent value="code" className="flex min-h-0 flex-1 flex-col">
        <CodeTab
          project={project}
          workspace={workspace}
          messages={messages}
          side={side}
          onSide={(next) => setSide((old) => ({ side: next, request: old.request + 1 }))}
          sideOpen={sideOpen}
          onSideOpen={setSideOpen}
          panel={buildPanel({ buildId, typing, resolve, onPlace: ({ file, line, column }) => openFile(file, { line, column }) })}
        />
      </TabsContent>
      <TabsContent value="pins" className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        {pins(project, savePlan)}
      </TabsContent>
      <TabsContent value="builds" className="min-h-0 flex-1 overflow-y-auto p-4 max-md:p-3">
        {builds(project)}
      </TabsContent>

      {dialog === "build" && (
        <BuildDialog
          project={project}
          unsaved={unsavedCount}
          saveAll={workspace.saveAll}
          onStarted={(build) => {
            setStarted(build.id);
            client.setQueryData(["build", build.id], build);
            if (tab !== "code") void navigate({ search: {}, replace: true });
          }}
          onPins={() => void navigate({ search: { tab: "pins" } })}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "open" && (
        <QuickOpen
          paths={all}
          recent={workspace.recent}
          onOpen={(file, line) => openFile(file, line === null ? undefined : { line })}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "rename" && <RenameDialog project={project} onClose={() => setDialog(null)} />}
      {workspace.conflict && <ConflictDialog conflict={workspace.conflict} onChoose={workspace.resolve} onClose={() => workspace.showConflict(null)} />}
      <ConfirmDialog
        open={dialog === "delete"}
        onClose={() => setDialog(null)}
        title={`Delete ${project.name}`}
        confirm="Delete 1 project"
        typeName={project.files.length > 1 ? project.name : undefined}
        onConfirm={async () => {
          await remove.mutateAsync();
          workspace.dropDrafts(null);
          toast.success(`${project.name} is deleted`);
          void navigate({ to: "/projects", search: {} });
        }}
      >
        <p>Its {plural(project.files.length, "file")}, its history and its pin plan are gone for good. Builds, images and releases made from it stay; no device is touched.</p>
      </ConfirmDialog>
    </Tabs>
  );
}

const NO_MESSAGES: BuildMessage[] = [];
