import { Files, History, Search, type LucideIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { toast } from "sonner";
import type { SearchOptions } from "@/api/queries";
import type { Project, Revision } from "@/api/types";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import type { ProblemCount } from "@/features/projects/code-tab";
import { FileTree, type TreeAction } from "@/features/projects/file-tree";
import { HistoryPanel } from "@/features/projects/history-panel";
import { PathDialog } from "@/features/projects/path-dialog";
import { checkFolder, checkPath, checkRename } from "@/features/projects/paths";
import { SearchPanel } from "@/features/projects/search-panel";
import { moveFolders, readUploads, refusalLines } from "@/features/projects/tree-drop";
import type { Workspace } from "@/features/projects/use-workspace";
import { plural } from "@/lib/format";
import { useMay } from "@/lib/hooks";

export type Side = "files" | "search" | "history";

const SIDES: [Side, string, LucideIcon][] = [
  ["files", "Files", Files],
  ["search", "Search", Search],
  ["history", "History", History],
];

interface SidePanelProps {
  project: Project;
  workspace: Workspace;
  side: Side;
  onSide: (side: Side) => void;
  search: SearchOptions;
  onSearch: (options: SearchOptions) => void;
  searchWanted: number;
  problems: ReadonlyMap<string, ProblemCount>;
  revision: Revision | null;
  onRevision: (revision: Revision, path: string | null) => void;
  /** Something was picked that is seen elsewhere. */
  onPicked: () => void;
  /** It was a file, so that is what the editor is to show. */
  onPickedFile: () => void;
}

export function SidePanel({ project, workspace, side, onSide, search, onSearch, searchWanted, problems, revision, onRevision, onPicked, onPickedFile }: SidePanelProps) {
  const may = useMay("projects.write");
  const [folders, setFolders] = useState<string[]>([]);
  const [action, setAction] = useState<TreeAction | null>(null);
  const [historyPath, setHistoryPath] = useState<string | null>(null);
  const { paths, path, unsaved, openFile } = workspace;
  const used = (folder: string) => paths.some((one) => one.startsWith(`${folder}/`));
  const empty = folders.filter((folder) => !used(folder));
  const sizeBytes = project.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const inside = action?.kind === "delete" && action.folder ? paths.filter((one) => one.startsWith(`${action.path}/`)) : [];
  const insideUnsaved = inside.filter((one) => one in unsaved).length;
  const dropFolder = (folder: string) => setFolders((old) => old.filter((one) => one !== folder && !one.startsWith(`${folder}/`)));

  const act = (next: TreeAction) => {
    if (next.kind === "history") {
      setHistoryPath(next.path);
      onSide("history");
    } else if (next.kind === "delete" && next.folder && !used(next.path)) dropFolder(next.path);
    else setAction(next);
  };

  const rename = async (from: string, to: string) => {
    if (paths.some((one) => one === from || one.startsWith(`${from}/`))) await workspace.renamePath(from, to);
    setFolders((old) => moveFolders(old, from, to));
  };
  const move = async (from: string, to: string) => {
    try {
      await rename(from, to);
      toast.success(`${from} is ${to} now`, { action: { label: "Undo", onClick: () => void moveBack.current(to, from) } });
    } catch (error) {
      toast.error(`${from} was not moved`, { description: error instanceof Error ? error.message : "Nothing is changed." });
    }
  };
  // The way back is taken later, with the files there are then.
  const moveBack = useRef(move);
  useEffect(() => {
    moveBack.current = move;
  });
  const add = async (files: File[], folder: string) => {
    const { accepted, refused } = await readUploads(files, folder, paths, sizeBytes);
    const failed = [...refused, ...(await workspace.addFiles(accepted))];
    const added = files.length - failed.length;
    if (added > 0) toast.success(`${plural(added, "file")} added${folder === "" ? "" : ` to ${folder}`}`);
    if (failed.length > 0) toast.error(`${plural(failed.length, "file")} not added`, { description: <span className="whitespace-pre-line">{refusalLines(failed)}</span>, duration: 10_000 });
  };

  return (
    <Tabs value={side} onValueChange={(next) => onSide(next as Side)} className="flex h-full min-h-0 flex-col">
      <TabsList aria-label="Beside the editor" className="shrink-0 bg-card">
        {SIDES.map(([value, word, Icon]) => (
          <TabsTrigger key={value} value={value} className="flex-1 px-2">
            <Icon aria-hidden /> {word}
          </TabsTrigger>
        ))}
      </TabsList>
      <TabsContent value="files" className="min-h-0 flex-1">
        <FileTree
          paths={paths}
          folders={empty}
          generated={workspace.generated}
          active={path}
          sizeBytes={sizeBytes}
          unsaved={new Set(Object.keys(unsaved))}
          problems={problems}
          readOnly={!may.allowed}
          onOpen={(file) => {
            openFile(file);
            onPickedFile();
            onPicked();
          }}
          onAction={act}
          onMove={(from, to) => void move(from, to)}
          onFiles={(files, folder) => void add(files, folder)}
        />
      </TabsContent>
      <TabsContent value="search" className="min-h-0 flex-1">
        <SearchPanel
          projectId={project.id}
          options={search}
          onOptions={onSearch}
          drafts={unsaved}
          wanted={searchWanted}
          onPick={(match) => {
            openFile(match.path, match);
            onPickedFile();
            onPicked();
          }}
        />
      </TabsContent>
      <TabsContent value="history" className="min-h-0 flex-1">
        <HistoryPanel
          projectId={project.id}
          path={historyPath}
          active={path === workspace.generated ? "" : path}
          onPath={setHistoryPath}
          shown={revision?.revision ?? null}
          onPick={(picked) => {
            onRevision(picked, historyPath);
            onPicked();
          }}
        />
      </TabsContent>

      {action?.kind === "new-file" && (
        <PathDialog
          title="New file"
          label="Path"
          hint="Folders by /; those that are missing are made. Examples: sensor.c, src/drivers/led.cpp"
          initial={action.folder === "" ? "" : `${action.folder}/`}
          placeholder="sensor.c"
          action="Create file"
          check={(value) => checkPath(value, paths)}
          onSubmit={workspace.createFile}
          onClose={() => setAction(null)}
        />
      )}
      {action?.kind === "new-folder" && (
        <PathDialog
          title="New folder"
          description="It becomes part of the project with its first file."
          label="Path"
          initial={action.folder === "" ? "" : `${action.folder}/`}
          placeholder="drivers"
          action="Create folder"
          check={(value) => checkFolder(value) ?? (paths.some((one) => one.toLowerCase() === value.toLowerCase()) ? "There is a file of this name." : used(value) ? "There is a folder of this name." : undefined)}
          onSubmit={async (value) => {
            setFolders((old) => [...new Set([...old, value])]);
            return Promise.resolve();
          }}
          onClose={() => setAction(null)}
        />
      )}
      {action?.kind === "rename" && (
        <PathDialog
          title={`Rename or move ${action.path}`}
          description={action.folder ? `${plural(paths.filter((one) => one.startsWith(`${action.path}/`)).length, "file")} move along. What includes them is not changed.` : "What includes it is not changed."}
          label="New path"
          hint="Another folder before the name moves it there."
          initial={action.path}
          action={action.folder ? "Rename folder" : "Rename file"}
          check={(value) => checkRename(paths, action.path, value)}
          onSubmit={(value) => rename(action.path, value)}
          onClose={() => setAction(null)}
        />
      )}
      {action?.kind === "delete" && (
        <ConfirmDialog
          open
          onClose={() => setAction(null)}
          title={`Delete ${action.path}`}
          confirm={action.folder ? `Delete ${plural(inside.length, "file")}` : "Delete 1 file"}
          typeName={inside.length > 1 ? action.path : undefined}
          onConfirm={async () => {
            await workspace.deletePath(action.path);
            if (action.folder) dropFolder(action.path);
          }}
        >
          <p>{action.folder ? `The folder with its ${plural(inside.length, "file")} is` : "The file is"} removed from the project. The history keeps {inside.length > 1 ? "them" : "it"}; images that were built from {inside.length > 1 ? "them" : "it"} stay.</p>
          {insideUnsaved > 0 && <p className="font-medium">What you have not saved in {plural(insideUnsaved, "file")} of it is dropped.</p>}
        </ConfirmDialog>
      )}
    </Tabs>
  );
}
