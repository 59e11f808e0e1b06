import { useEffect, useRef, useState } from "react";
import { dropInto } from "@/features/projects/tree-drop";
import { parentOf } from "@/features/projects/tree";

/** How long a thing is held over a closed folder until that opens. */
const OPEN_MS = 600;

interface TreeDropOptions {
  paths: string[];
  empty: string[];
  readOnly: boolean;
  /** Whether the path is a folder. */
  isFolder: (path: string) => boolean;
  onOpenFolder: (path: string) => void;
  onMove: (from: string, to: string) => void;
  onFiles: (files: File[], folder: string) => void;
}

export interface TreeDrop {
  /** The folder that would take it, "" for the root; null: none. */
  over: string | null;
  dragged: string | null;
  /** What letting go would do, or why it would do nothing. */
  hint: string | null;
  list: Pick<React.HTMLAttributes<HTMLElement>, "onDragOver" | "onDragLeave" | "onDrop">;
  row: (path: string) => Pick<React.HTMLAttributes<HTMLElement>, "draggable" | "onDragStart" | "onDragEnd">;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const place = (folder: string) => (folder === "" ? "the root" : folder);

/** Moving by the pointer, and files from the computer. What the keyboard does is in the tree itself: F2, and the button that asks for files. */
export function useTreeDrop({ paths, empty, readOnly, isFolder, onOpenFolder, onMove, onFiles }: TreeDropOptions): TreeDrop {
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const [hint, setHint] = useState<string | null>(null);
  const opening = useRef<{ path: string; timer: ReturnType<typeof setTimeout> } | null>(null);
  const stopOpening = () => {
    if (opening.current) clearTimeout(opening.current.timer);
    opening.current = null;
  };
  useEffect(() => stopOpening, []);
  const leave = () => {
    stopOpening();
    setOver(null);
    setHint(null);
  };

  /** Over a folder: into it; over a file: beside it; below everything: at the root. */
  const folderAt = (event: React.DragEvent) => {
    const path = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tree]")?.dataset.tree : undefined;
    return path === undefined ? "" : isFolder(path) ? path : parentOf(path);
  };
  const isFiles = (event: React.DragEvent) => dragged === null && event.dataTransfer.types.includes("Files");

  return {
    over,
    dragged,
    hint,
    row: (path) => ({
      draggable: true,
      onDragStart: (event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", path);
        setDragged(path);
      },
      onDragEnd: () => {
        setDragged(null);
        leave();
      },
    }),
    list: {
      onDragOver: (event) => {
        if (readOnly || (dragged === null && !isFiles(event))) return;
        const folder = folderAt(event);
        if (opening.current?.path !== folder) {
          stopOpening();
          if (folder !== "") opening.current = { path: folder, timer: setTimeout(() => onOpenFolder(folder), OPEN_MS) };
        }
        const drop = dragged === null ? null : dropInto(paths, empty, dragged, folder);
        if (drop && "refused" in drop) {
          // Still taken as a target, so that the browser does not open what is let go here.
          event.preventDefault();
          event.dataTransfer.dropEffect = "none";
          setOver(null);
          setHint(drop.refused);
          return;
        }
        event.preventDefault();
        event.dataTransfer.dropEffect = drop ? "move" : "copy";
        setOver(folder);
        setHint(dragged === null ? `Add to ${place(folder)}` : `Move ${nameOf(dragged)} to ${place(folder)}`);
      },
      onDragLeave: (event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) leave();
      },
      onDrop: (event) => {
        const folder = folderAt(event);
        const files = isFiles(event);
        if (readOnly || (dragged === null && !files)) return;
        event.preventDefault();
        leave();
        setDragged(null);
        if (files) {
          onFiles([...event.dataTransfer.files], folder);
        } else if (dragged !== null) {
          const drop = dropInto(paths, empty, dragged, folder);
          if ("to" in drop) onMove(dragged, drop.to);
        }
      },
    },
  };
}
