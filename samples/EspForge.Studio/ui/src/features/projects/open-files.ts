import { useCallback, useSyncExternalStore } from "react";

/** The tabs of the editor, by project; as long as the browser's tab lives. */
const kept = new Map<string, readonly string[]>();
const listeners = new Set<() => void>();
const NONE: readonly string[] = [];
const KEY = "espforge.open.";

function read(projectId: string): readonly string[] {
  const known = kept.get(projectId);
  if (known) return known;
  let paths: readonly string[] = NONE;
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY + projectId) ?? "[]");
    if (Array.isArray(value)) paths = value.filter((path): path is string => typeof path === "string").slice(0, 50);
  } catch {
    // Nothing kept: no tab is open.
  }
  kept.set(projectId, paths);
  return paths;
}

function write(projectId: string, paths: readonly string[]) {
  kept.set(projectId, paths);
  try {
    sessionStorage.setItem(KEY + projectId, JSON.stringify(paths));
  } catch {
    // Remembered for this page only.
  }
  for (const listener of listeners) listener();
}

export const openFiles = {
  of: read,
  open(projectId: string, path: string) {
    if (!read(projectId).includes(path)) write(projectId, [...read(projectId), path]);
  },
  /** Returns the neighbour to show instead. */
  close(projectId: string, path: string): string | undefined {
    const paths = read(projectId);
    const at = paths.indexOf(path);
    if (at < 0) return undefined;
    write(projectId, paths.filter((other) => other !== path));
    return paths[at + 1] ?? paths[at - 1];
  },
  /** Returns what to show instead of the active one, if that is among them: the nearest that stays. */
  closeAll(projectId: string, gone: readonly string[], active: string): string | undefined {
    const paths = read(projectId);
    const at = paths.indexOf(active);
    const stays = (path: string) => !gone.includes(path);
    const next = paths.slice(at + 1).find(stays) ?? paths.slice(0, Math.max(0, at)).reverse().find(stays);
    write(projectId, paths.filter(stays));
    return next;
  },
  rename(projectId: string, moves: [from: string, to: string][]) {
    const to = new Map(moves);
    write(projectId, read(projectId).map((path) => to.get(path) ?? path));
  },
  keep(projectId: string, known: string[]) {
    const paths = read(projectId);
    const left = paths.filter((path) => known.includes(path));
    if (left.length !== paths.length) write(projectId, left);
  },
};

export function useOpenFiles(projectId: string): readonly string[] {
  return useSyncExternalStore(
    useCallback((listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    }, []),
    useCallback(() => read(projectId), [projectId]),
  );
}
