import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ellipsis, Hammer, Pencil, Save, Trash2 } from "lucide-react";
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { toast } from "sonner";
import { build as buildQuery, project as projectQuery, projectBuilds } from "@/api/queries";
import type { BuildMessage, Plan, Project } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorPanel, Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { CardSkeleton, Skeleton } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { BuildDialog } from "@/features/projects/build-dialog";
import type { Place } from "@/features/projects/code-editor";
import { CodeTab } from "@/features/projects/code-tab";
import { drafts, useDrafts } from "@/features/projects/drafts";
import { fileOf, GENERATED, sortPaths } from "@/features/projects/paths";
import { useChangeProject, useDeleteProject, useWriteFile } from "@/features/projects/queries";
import { RenameDialog } from "@/features/projects/rename-dialog";
import { plural } from "@/lib/format";
import { useMay } from "@/lib/hooks";

interface ProjectPageProps {
  projectId: string;
  pins: (project: Project, save: (plan: Plan) => Promise<unknown>) => ReactNode;
  builds: (project: Project) => ReactNode;
  buildPanel: (buildId: string | null, onMessage: (message: BuildMessage) => void) => ReactNode;
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

function Loaded({ project, pins, builds, buildPanel }: Omit<ProjectPageProps, "projectId"> & { project: Project }) {
  const client = useQueryClient();
  const search = useSearch({ from: "/projects/$projectId" });
  const navigate = useNavigate({ from: "/projects/$projectId" });
  const mayBuild = useMay("builds.run");
  const [dialog, setDialog] = useState<"build" | "rename" | "delete" | null>(null);
  const [started, setStarted] = useState<string | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [saving, setSaving] = useState(false);
  const unsaved = useDrafts(project.id);
  const latest = useQuery(projectBuilds(project.id)).data?.[0]?.id ?? null;
  const buildId = started ?? latest;
  const messages = useQuery({ ...buildQuery(buildId ?? ""), enabled: buildId !== null, refetchInterval: false }).data?.messages ?? NO_MESSAGES;
  const change = useChangeProject(project.id);
  const remove = useDeleteProject(project.id);
  const write = useWriteFile(project.id);
  const paths = project.files.map((file) => file.path);
  const path = search.file !== undefined && [...paths, GENERATED].includes(search.file) ? search.file : (sortPaths(paths)[0] ?? GENERATED);
  const tab = search.tab ?? "code";
  const openFile = useCallback((file: string) => void navigate({ search: { file }, replace: true }), [navigate]);

  const { mutateAsync: writeFile } = write;
  const saveFiles = useCallback(
    async (which: string[]) => {
      const texts = drafts.of(project.id);
      for (const name of which) {
        const content = texts[name];
        if (content === undefined) continue;
        await writeFile({ path: name, content });
        // Typing may have gone on while it was saved: what was typed since stays unsaved.
        if (drafts.of(project.id)[name] === content) drafts.drop(project.id, name);
      }
    },
    [project.id, writeFile],
  );
  const saveAll = useCallback(() => saveFiles(Object.keys(drafts.of(project.id))), [saveFiles, project.id]);
  const save = useCallback(async () => {
    setSaving(true);
    try {
      await saveAll();
    } catch (error) {
      toast.error(error instanceof Error ? error.message : "The file could not be saved.", { description: "Your text is still here, unsaved." });
    } finally {
      setSaving(false);
    }
  }, [saveAll]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === "b") {
        event.preventDefault();
        if (mayBuild.allowed) setDialog("build");
      } else if (key === "s" && tab === "code") {
        event.preventDefault();
        void save();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [mayBuild.allowed, save, tab]);

  const goTo = useCallback(
    (message: BuildMessage) => {
      const file = fileOf(message, project.files);
      if (file === null) return;
      openFile(file);
      setPlace((old) => ({ line: message.line ?? 1, column: message.column ?? 1, request: (old?.request ?? 0) + 1 }));
    },
    [project.files, openFile],
  );
  const { mutateAsync: changeProject } = change;
  const savePlan = useCallback(
    async (plan: Plan) => {
      await changeProject({ plan });
      toast.success("Pin plan saved");
    },
    [changeProject],
  );
  const unsavedCount = Object.keys(unsaved).length;

  return (
    <Tabs
      value={tab}
      onValueChange={(next) => void navigate({ search: next === "code" ? {} : { tab: next as "pins" | "builds" }, replace: true })}
      className="flex h-full min-h-0 flex-col"
    >
      <header className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 pt-2 max-md:px-3">
        <h1 title={project.name} className="min-w-0 truncate text-lg font-semibold">{project.name}</h1>
        <p className="num caption max-sm:hidden">
          {project.product} · {project.board}
        </p>
        <div className="ml-auto flex items-center gap-2">
          {unsavedCount > 0 && (
            <AllowedButton needs="projects.write" variant="outline" onClick={() => void save()} disabled={saving} title="Ctrl S">
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
              <DropdownMenuItem onSelect={() => setDialog("rename")}>
                <Pencil /> Rename
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
        <CodeTab project={project} path={path} onOpen={openFile} messages={messages} place={place} panel={buildPanel(buildId, goTo)} />
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
          saveAll={saveAll}
          onStarted={(build) => {
            setStarted(build.id);
            client.setQueryData(["build", build.id], build);
            if (tab !== "code") void navigate({ search: {}, replace: true });
          }}
          onPins={() => void navigate({ search: { tab: "pins" } })}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "rename" && <RenameDialog project={project} onClose={() => setDialog(null)} />}
      <ConfirmDialog
        open={dialog === "delete"}
        onClose={() => setDialog(null)}
        title={`Delete ${project.name}`}
        confirm="Delete 1 project"
        typeName={project.files.length > 1 ? project.name : undefined}
        onConfirm={async () => {
          await remove.mutateAsync();
          for (const file of paths) drafts.drop(project.id, file);
          toast.success(`${project.name} is deleted`);
          void navigate({ to: "/projects", search: {} });
        }}
      >
        <p>Its {plural(project.files.length, "file")} and its pin plan are gone for good. Builds, images and releases made from it stay; no device is touched.</p>
      </ConfirmDialog>
    </Tabs>
  );
}

const NO_MESSAGES: BuildMessage[] = [];
