import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import type { ProblemCount } from "@/features/projects/code-tab";
import { cn } from "@/lib/cn";
import { plural } from "@/lib/format";

interface EditorTabsProps {
  paths: readonly string[];
  active: string;
  unsaved: ReadonlySet<string>;
  problems: ReadonlyMap<string, ProblemCount>;
  /** Deleted by another while they were changed here. */
  lost: readonly string[];
  onOpen: (path: string) => void;
  onClose: (path: string) => void;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** The open files. Two of the same name say their folder. */
export function EditorTabs({ paths, active, unsaved, problems, lost, onOpen, onClose }: EditorTabsProps) {
  const strip = useRef<HTMLUListElement>(null);
  useEffect(() => {
    strip.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active, paths]);
  const names = paths.map(nameOf);
  const move = (event: React.KeyboardEvent<HTMLUListElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || event.altKey || event.ctrlKey) return;
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-tab]")];
    const at = buttons.findIndex((button) => button.contains(document.activeElement) || button.parentElement?.contains(document.activeElement));
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <nav aria-label="Open files" className="min-w-0 flex-1">
      <ul ref={strip} className="flex h-9 overflow-x-auto overflow-y-hidden [scrollbar-width:none] pointer-coarse:h-11" onKeyDown={move}>
        {paths.map((path) => {
          const name = nameOf(path);
          const folder = names.filter((other) => other === name).length > 1 ? path.slice(0, -name.length - 1) : "";
          const here = path === active;
          const dirty = unsaved.has(path);
          const { count, errors } = problems.get(path) ?? { count: 0, errors: 0 };
          return (
            <li
              key={path}
              className={cn("group relative flex h-full shrink-0 items-center border-r text-sm", here ? "bg-terminal font-medium after:absolute after:inset-x-0 after:top-0 after:h-px after:bg-foreground" : "bg-card text-muted-foreground hover:bg-raised hover:text-foreground")}
              onAuxClick={(event) => {
                if (event.button === 1) onClose(path);
              }}
            >
              <button
                type="button"
                data-tab={path}
                aria-current={here ? "page" : undefined}
                aria-label={[path, dirty ? "unsaved" : "", lost.includes(path) ? "deleted by another" : "", count > 0 ? plural(count, "problem") : ""].filter(Boolean).join(", ")}
                title={lost.includes(path) ? `${path}: deleted by another; saving makes it anew` : path}
                className="flex h-full items-center gap-1.5 pr-1 pl-3 focus-visible:-outline-offset-2"
                onClick={() => onOpen(path)}
              >
                <span className={cn("num max-w-48 truncate", lost.includes(path) && "line-through", count > 0 && (errors > 0 ? "text-failed" : "text-warning"))}>{name}</span>
                {folder !== "" && <span className="num max-w-24 truncate text-xs text-muted-foreground">{folder}</span>}
              </button>
              <button
                type="button"
                aria-label={dirty ? `Close ${path}; its changes stay, unsaved` : `Close ${path}`}
                title={here ? "Close (Alt W)" : "Close"}
                className="relative mr-1 flex size-5 items-center justify-center rounded-md text-muted-foreground hover:bg-border hover:text-foreground pointer-coarse:size-10"
                onClick={() => onClose(path)}
              >
                {dirty && <span aria-hidden data-unsaved className="size-2 rounded-full bg-foreground group-focus-within:hidden group-hover:hidden pointer-coarse:hidden" />}
                <X className={cn("size-3.5", dirty && "hidden group-focus-within:block group-hover:block pointer-coarse:block")} aria-hidden />
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
