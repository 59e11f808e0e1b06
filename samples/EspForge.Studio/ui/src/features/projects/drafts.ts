import { useCallback, useSyncExternalStore } from "react";

/** Unsaved text by project and path. It outlives the page of the project, so that looking elsewhere loses nothing. */
type Drafts = Readonly<Record<string, string>>;
const NONE: Drafts = {};
const kept = new Map<string, Drafts>();
const listeners = new Set<() => void>();

function set(projectId: string, drafts: Drafts) {
  if (Object.keys(drafts).length === 0) kept.delete(projectId);
  else kept.set(projectId, drafts);
  for (const listener of listeners) listener();
}

export const drafts = {
  of: (projectId: string): Drafts => kept.get(projectId) ?? NONE,
  /** Text that equals what is saved is no draft. */
  write(projectId: string, path: string, text: string, saved: string | undefined) {
    if (text === saved) return drafts.drop(projectId, path);
    set(projectId, { ...drafts.of(projectId), [path]: text });
  },
  drop(projectId: string, path: string) {
    const { [path]: gone, ...rest } = drafts.of(projectId);
    if (gone !== undefined) set(projectId, rest);
  },
  any: () => kept.size > 0,
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

if (typeof window !== "undefined") {
  window.addEventListener("beforeunload", (event) => {
    if (drafts.any()) event.preventDefault();
  });
}

export function useDrafts(projectId: string): Drafts {
  return useSyncExternalStore(
    drafts.subscribe,
    useCallback(() => drafts.of(projectId), [projectId]),
  );
}
