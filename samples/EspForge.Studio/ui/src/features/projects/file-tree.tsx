import { ChevronRight, Ellipsis, FileCode, FileCog, FilePlus, FileText, Folder, FolderOpen, FolderPlus, History, ListCollapse, Pencil, Trash2, Upload } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { ProblemCount } from "@/features/projects/code-tab";
import { LIMITS } from "@/features/projects/paths";
import { buildTree, parentOf, treeKey, visibleRows, type TreeRow } from "@/features/projects/tree";
import { useTreeDrop } from "@/features/projects/use-tree-drop";
import { cn } from "@/lib/cn";
import { bytes, plural } from "@/lib/format";

export type TreeAction = { kind: "new-file" | "new-folder"; folder: string } | { kind: "rename" | "delete"; path: string; folder: boolean } | { kind: "history"; path: string };

interface FileTreeProps {
  paths: string[];
  /** Folders made here that hold nothing yet. */
  folders: string[];
  generated: string;
  active: string;
  sizeBytes: number;
  unsaved: ReadonlySet<string>;
  problems: ReadonlyMap<string, ProblemCount>;
  readOnly: boolean;
  onOpen: (path: string) => void;
  onAction: (action: TreeAction) => void;
  onMove: (from: string, to: string) => void;
  /** Files of the computer, into this folder. */
  onFiles: (files: File[], folder: string) => void;
}

/** Files and folders as a tree (WAI-ARIA Authoring Practices): arrows move, Enter opens, F2 renames and moves, Delete deletes, letters find; the pointer drags. */
export function FileTree({ paths, folders, generated, active, sizeBytes, unsaved, problems, readOnly, onOpen, onAction, onMove, onFiles }: FileTreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState(active);
  const [menu, setMenu] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const moveFocus = useRef(false);
  const tree = useMemo(() => buildTree([...paths, generated], folders), [paths, generated, folders]);
  const rows = useMemo(() => visibleRows(tree, closed), [tree, closed]);
  const current = rows.some((row) => row.node.path === focused) ? focused : (rows[0]?.node.path ?? "");

  // The file on the screen is always to be seen in the tree.
  useEffect(() => {
    setFocused(active);
    setClosed((old) => {
      const open = [...old].filter((folder) => !active.startsWith(`${folder}/`));
      return open.length === old.size ? old : new Set(open);
    });
  }, [active]);
  useEffect(() => {
    if (!moveFocus.current) return;
    moveFocus.current = false;
    list.current?.querySelector<HTMLElement>(`[data-tree="${CSS.escape(current)}"]`)?.focus();
  });

  const toggle = (path: string, close: boolean) => {
    const next = new Set(closed);
    if (close) next.add(path);
    else next.delete(path);
    setClosed(next);
  };
  const isFolder = (path: string) => rows.find((row) => row.node.path === path)?.node.kind === "folder";
  const folderOf = (path: string) => (isFolder(path) ? path : parentOf(path));
  const may = (path: string) => !readOnly && path !== generated && path !== "";
  /** A folder that holds nothing but what is generated is not the project's. */
  const mayMove = (path: string) => may(path) && (folders.includes(path) || paths.some((one) => one === path || one.startsWith(`${path}/`)));
  const drop = useTreeDrop({ paths, empty: folders, readOnly, isFolder, onOpenFolder: (path) => closed.has(path) && toggle(path, false), onMove, onFiles });

  const onKeyDown = (event: React.KeyboardEvent, row: TreeRow) => {
    const { path, kind } = row.node;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (kind === "folder") toggle(path, !closed.has(path));
      else onOpen(path);
    } else if (event.key === "F2" && may(path)) {
      event.preventDefault();
      onAction({ kind: "rename", path, folder: kind === "folder" });
    } else if (event.key === "Delete" && may(path)) {
      event.preventDefault();
      onAction({ kind: "delete", path, folder: kind === "folder" });
    } else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && (may(path) || path !== "")) {
      event.preventDefault();
      setMenu(path);
    } else {
      const step = treeKey(event.key, rows, path, closed);
      if (step === null) return;
      event.preventDefault();
      if ("focus" in step) {
        moveFocus.current = true;
        setFocused(step.focus);
      } else if ("open" in step) toggle(step.open, false);
      else toggle(step.close, true);
    }
  };

  const allFolders = rows.filter((row) => row.node.kind === "folder").map((row) => row.node.path);
  return (
    <nav aria-label="Files" className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 shrink-0 items-center gap-0.5 border-b pr-1 pl-3 pointer-coarse:h-11">
        <span className={cn("caption mr-auto", paths.length >= LIMITS.files * 0.95 && "text-warning")}>
          <span className="num">{paths.length}</span> of <span className="num">{LIMITS.files}</span> files
        </span>
        <Button variant="ghost" size="icon-sm" aria-label="New file" title="New file" disabled={readOnly} onClick={() => onAction({ kind: "new-file", folder: folderOf(current) })}>
          <FilePlus />
        </Button>
        <Button variant="ghost" size="icon-sm" aria-label="New folder" title="New folder" disabled={readOnly} onClick={() => onAction({ kind: "new-folder", folder: folderOf(current) })}>
          <FolderPlus />
        </Button>
        <Button variant="ghost" size="icon-sm" aria-label="Add files from this computer" title="Add files from this computer; they can be dropped here, too" disabled={readOnly} onClick={() => chooser.current?.click()}>
          <Upload />
        </Button>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label="Files from this computer"
          onChange={(event) => {
            onFiles([...(event.target.files ?? [])], folderOf(current));
            event.target.value = "";
          }}
        />
        <Button variant="ghost" size="icon-sm" aria-label="Close all folders" title="Close all folders" disabled={allFolders.length === 0} onClick={() => setClosed(new Set(allFolders))}>
          <ListCollapse />
        </Button>
      </div>
      <ul
        ref={list}
        role="tree"
        aria-label="Files of the project"
        data-drop={drop.over === "" ? "" : undefined}
        className="min-h-0 flex-1 overflow-y-auto py-1 data-drop:bg-raised data-drop:ring-1 data-drop:ring-foreground data-drop:ring-inset"
        {...drop.list}
      >
        {rows.map((row) => {
          const { path, name, kind } = row.node;
          const folder = kind === "folder";
          const open = folder && !closed.has(path);
          const Icon = folder ? (open ? FolderOpen : Folder) : path === generated ? FileCog : /\.(c|h|cpp|hpp|cc|cxx|ino|S|s)$/.test(path) ? FileCode : FileText;
          const mine = folder ? [...problems].filter(([file]) => !open && file.startsWith(`${path}/`)).map(([, one]) => one) : [problems.get(path) ?? { count: 0, errors: 0 }];
          const count = mine.reduce((sum, one) => sum + one.count, 0);
          const hasErrors = mine.some((one) => one.errors > 0);
          const isUnsaved = folder ? !open && [...unsaved].some((file) => file.startsWith(`${path}/`)) : unsaved.has(path);
          return (
            <li
              key={`${kind} ${path}`}
              role="treeitem"
              aria-level={row.level}
              aria-posinset={row.position}
              aria-setsize={row.size}
              aria-selected={path === active}
              {...(folder ? { "aria-expanded": open } : {})}
              aria-label={[name, path === generated ? "made from the pin plan" : "", isUnsaved ? "unsaved" : "", count > 0 ? plural(count, "problem") : ""].filter(Boolean).join(", ")}
              data-tree={path}
              title={path === generated ? `${path}: made from the pin plan at every build` : path}
              tabIndex={path === current ? 0 : -1}
              className={cn(
                "group relative flex h-7 cursor-pointer items-center gap-1.5 pr-1 text-sm hover:bg-raised focus-visible:-outline-offset-2 pointer-coarse:h-10",
                path === active && "bg-raised font-medium",
                path === generated && "text-muted-foreground",
                path === drop.dragged && "opacity-50",
                // The folder that takes it, with all that is in it.
                drop.over !== null && drop.over !== "" && (path === drop.over || path.startsWith(`${drop.over}/`)) && "bg-raised shadow-[inset_2px_0_0_var(--foreground)]",
                drop.over !== null && path === drop.over && "ring-1 ring-foreground ring-inset",
              )}
              style={{ paddingLeft: 8 + (row.level - 1) * 14 }}
              data-drop={path === drop.over ? "" : undefined}
              {...(mayMove(path) ? drop.row(path) : {})}
              onClick={(event) => {
                if (event.target instanceof Element && event.target.closest("button, [role=menu]")) return;
                setFocused(path);
                if (folder) toggle(path, open);
                else onOpen(path);
              }}
              onFocus={(event) => event.target === event.currentTarget && setFocused(path)}
              onKeyDown={(event) => event.target === event.currentTarget && onKeyDown(event, row)}
              onContextMenu={(event) => {
                event.preventDefault();
                setFocused(path);
                setMenu(path);
              }}
            >
              {folder ? <ChevronRight className={cn("size-3.5 shrink-0 text-muted-foreground", open && "rotate-90")} aria-hidden /> : <span className="w-3.5 shrink-0" />}
              <Icon className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
              <span className="num min-w-0 truncate">{name}</span>
              {isUnsaved && <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-foreground" />}
              <span className="ml-auto flex shrink-0 items-center">
                {count > 0 && (
                  <span aria-hidden className={cn("num px-1 text-xs", hasErrors ? "text-failed" : "text-warning")}>
                    {count}
                  </span>
                )}
                <DropdownMenu modal={false} open={menu === path} onOpenChange={(next) => setMenu(next ? path : null)}>
                  <DropdownMenuTrigger asChild>
                    <button type="button" tabIndex={-1} aria-label={`Actions for ${path}`} className="flex size-5 items-center justify-center rounded-md text-muted-foreground opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-border hover:text-foreground data-[state=open]:opacity-100 pointer-coarse:size-10 pointer-coarse:opacity-100">
                      <Ellipsis className="size-3.5" />
                    </button>
                  </DropdownMenuTrigger>
                  <DropdownMenuContent
                    align="start"
                    onCloseAutoFocus={(event) => {
                      event.preventDefault();
                      list.current?.querySelector<HTMLElement>(`[data-tree="${CSS.escape(path)}"]`)?.focus();
                    }}
                  >
                    <DropdownMenuItem disabled={readOnly} onSelect={() => onAction({ kind: "new-file", folder: folder ? path : parentOf(path) })}>
                      <FilePlus /> New file here
                    </DropdownMenuItem>
                    {folder && (
                      <DropdownMenuItem disabled={readOnly} onSelect={() => onAction({ kind: "new-folder", folder: path })}>
                        <FolderPlus /> New folder here
                      </DropdownMenuItem>
                    )}
                    {!folder && path !== generated && (
                      <DropdownMenuItem onSelect={() => onAction({ kind: "history", path })}>
                        <History /> History
                      </DropdownMenuItem>
                    )}
                    <DropdownMenuItem disabled={!may(path)} onSelect={() => onAction({ kind: "rename", path, folder })}>
                      <Pencil /> Rename or move <kbd className="num ml-auto pl-4 text-xs text-muted-foreground">F2</kbd>
                    </DropdownMenuItem>
                    <DropdownMenuItem disabled={!may(path)} onSelect={() => onAction({ kind: "delete", path, folder })}>
                      <Trash2 /> Delete <kbd className="num ml-auto pl-4 text-xs text-muted-foreground">Del</kbd>
                    </DropdownMenuItem>
                  </DropdownMenuContent>
                </DropdownMenu>
              </span>
            </li>
          );
        })}
      </ul>
      <p className={cn("caption shrink-0 truncate border-t px-3 py-1", drop.hint !== null ? "text-foreground" : cn("num", sizeBytes > LIMITS.projectBytes * 0.95 && "text-warning"))}>
        {drop.hint ?? `${bytes(sizeBytes)} of ${bytes(LIMITS.projectBytes)}`}
      </p>
    </nav>
  );
}
