import { useCallback, useSyncExternalStore } from "react";
import type { BuildMessage } from "@/api/types";

/** How it stands with the language server of a project. */
export type LanguageState =
  | { kind: "off" }
  | { kind: "connecting" }
  | { kind: "starting"; server: string }
  | { kind: "ready"; server: string }
  | { kind: "lost"; reason: string }
  /** It will not come by itself: not installed, too many sessions, opened elsewhere, nothing typed for long. */
  | { kind: "missing" | "busy" | "elsewhere" | "idle" | "refused"; reason: string };

const OFF: LanguageState = { kind: "off" };
const states = new Map<string, LanguageState>();
const diagnostics = new Map<string, readonly BuildMessage[]>();
const NONE: readonly BuildMessage[] = [];
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

export function setLanguageState(projectId: string, state: LanguageState) {
  states.set(projectId, state);
  tell();
}
export function setDiagnostics(projectId: string, list: readonly BuildMessage[]) {
  diagnostics.set(projectId, list);
  tell();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useLanguageState = (projectId: string): LanguageState => useSyncExternalStore(subscribe, useCallback(() => states.get(projectId) ?? OFF, [projectId]));
/** What the language server says of the open files, in the words of a build's messages. */
export const useDiagnostics = (projectId: string): readonly BuildMessage[] => useSyncExternalStore(subscribe, useCallback(() => diagnostics.get(projectId) ?? NONE, [projectId]));

/** What a closed connection means (docs/api.md): whether to come back by itself, and what to say. */
export function closeMeaning(code: number, reason: string): { state: Extract<LanguageState, { reason: string }>; again: boolean } {
  switch (code) {
    case 4404:
      return { state: { kind: "missing", reason: reason || "clangd is not installed on the server." }, again: false };
    case 4429:
      return { state: { kind: "busy", reason: reason || "Too many projects are open with a language server." }, again: false };
    case 4409:
      return { state: { kind: "elsewhere", reason: reason || "The project is open in another tab." }, again: false };
    case 4408:
      return { state: { kind: "idle", reason: reason || "Nothing was typed for a while." }, again: false };
    case 4400:
    case 4403:
      return { state: { kind: "refused", reason: reason || "The project cannot have one." }, again: false };
    default:
      return { state: { kind: "lost", reason: reason || "The connection was lost." }, again: true };
  }
}

interface LanguageControl {
  retry: () => void;
  saved: (path: string) => void;
}
const controls = new Map<string, LanguageControl>();
/** The session lives in the editor's own bundle; the rest of the page reaches it here. */
export const languageControl = {
  set: (projectId: string, control: LanguageControl | null) => (control ? controls.set(projectId, control) : controls.delete(projectId)),
  retry: (projectId: string) => controls.get(projectId)?.retry(),
  saved: (projectId: string, path: string) => controls.get(projectId)?.saved(path),
};
