import { FileCode, FileCog, FileText, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { checkPath, GENERATED, sortPaths } from "@/features/projects/paths";
import { cn } from "@/lib/cn";

interface FileTreeProps {
  paths: string[];
  active: string;
  unsaved: ReadonlySet<string>;
  problems: ReadonlyMap<string, number>;
  readOnly: boolean;
  onOpen: (path: string) => void;
  onCreate: (path: string) => Promise<unknown>;
  onDelete: (path: string) => Promise<unknown>;
}

export function FileTree({ paths, active, unsaved, problems, readOnly, onOpen, onCreate, onDelete }: FileTreeProps) {
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const [deleting, setDeleting] = useState<string | null>(null);
  const wrong = checkPath(name, paths);
  const create = async () => {
    if (name === "" || wrong) return;
    await onCreate(name);
    setNaming(false);
    setName("");
  };
  return (
    <nav aria-label="Files" className="flex h-full min-h-0 flex-col">
      <div className="flex h-9 items-center border-b px-3 text-xs font-medium text-muted-foreground">
        Files
        <Button variant="ghost" size="icon-sm" className="ml-auto" aria-label="New file" title="New file" disabled={readOnly} onClick={() => setNaming(true)}>
          <Plus />
        </Button>
      </div>
      <ul className="min-h-0 flex-1 overflow-y-auto py-1">
        {sortPaths([...paths, GENERATED]).map((path) => {
          const Icon = path === GENERATED ? FileCog : /\.[ch]$/.test(path) ? FileCode : FileText;
          const count = problems.get(path) ?? 0;
          return (
            <li key={path} className="group relative">
              <button
                type="button"
                aria-current={path === active ? "page" : undefined}
                className={cn("flex h-7 w-full items-center gap-2 px-3 text-left text-sm hover:bg-raised pointer-coarse:h-10", path === active && "bg-raised font-medium", path === GENERATED && "text-muted-foreground")}
                onClick={() => onOpen(path)}
                title={path === GENERATED ? "Made from the pin plan at every build" : path}
              >
                <Icon className="size-3.5 shrink-0 text-muted-foreground" aria-hidden />
                <span className="num min-w-0 truncate">{path}</span>
                {unsaved.has(path) && <span className="size-1.5 shrink-0 rounded-full bg-foreground" role="img" aria-label="unsaved" />}
                {count > 0 && <span className="num ml-auto text-xs text-failed group-hover:mr-5">{count}</span>}
              </button>
              {path !== GENERATED && !readOnly && (
                <button
                  type="button"
                  aria-label={`Delete ${path}`}
                  className="absolute top-1 right-1.5 rounded-md p-1 text-muted-foreground opacity-0 group-hover:opacity-100 hover:text-destructive focus-visible:opacity-100"
                  onClick={() => setDeleting(path)}
                >
                  <Trash2 className="size-3" />
                </button>
              )}
            </li>
          );
        })}
        {naming && (
          <li className="px-2 py-1">
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void create();
              }}
            >
              <Input
                aria-label="Path of the new file"
                aria-invalid={wrong !== undefined}
                placeholder="sensor.c"
                className="h-7 font-mono"
                autoFocus
                value={name}
                onChange={(event) => setName(event.target.value)}
                onBlur={() => name === "" && setNaming(false)}
                onKeyDown={(event) => {
                  if (event.key === "Escape") {
                    setNaming(false);
                    setName("");
                  }
                }}
              />
              {wrong && (
                <p role="alert" className="mt-1 text-xs text-destructive">
                  {wrong}
                </p>
              )}
            </form>
          </li>
        )}
      </ul>
      <ConfirmDialog open={deleting !== null} onClose={() => setDeleting(null)} title={`Delete ${deleting ?? ""}`} confirm="Delete 1 file" onConfirm={() => onDelete(deleting ?? "")}>
        <p>The file is removed from the project. Images that were built from it stay.</p>
      </ConfirmDialog>
    </nav>
  );
}
