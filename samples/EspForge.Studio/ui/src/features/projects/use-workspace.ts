import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { toast } from "sonner";
import { ApiError } from "@/api/error";
import { projectFile } from "@/api/queries";
import type { Project } from "@/api/types";
import type { Place } from "@/features/projects/code-editor";
import { conflictOf, decide, isConflict, precondition, type Conflict } from "@/features/projects/conflicts";
import { drafts, useDrafts } from "@/features/projects/drafts";
import { languageControl } from "@/features/projects/language/state";
import { openFiles, useOpenFiles } from "@/features/projects/open-files";
import { generatedPath, mainFile, renamed } from "@/features/projects/paths";
import { useDeleteFile, useDeleteFolder, useRenameFile, useWriteFile } from "@/features/projects/queries";
import type { Upload } from "@/features/projects/tree-drop";

let requests = 0;

/** The files of a project as this page works on them: what is open, what is unsaved, and where two people meet. */
export function useWorkspace(project: Project, wanted: string | undefined) {
  const { id } = project;
  const client = useQueryClient();
  const navigate = useNavigate({ from: "/projects/$projectId" });
  const unsaved = useDrafts(id);
  const open = useOpenFiles(id);
  const [place, setPlace] = useState<Place | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [saving, setSaving] = useState(false);
  const [recent, setRecent] = useState<readonly string[]>([]);
  const { mutateAsync: write } = useWriteFile(id);
  const { mutateAsync: remove } = useDeleteFile(id);
  const { mutateAsync: removeFolder } = useDeleteFolder(id);
  const { mutateAsync: rename } = useRenameFile(id);

  const generated = generatedPath(project.toolchain);
  const paths = useMemo(() => project.files.map((file) => file.path), [project.files]);
  // What another deleted while it was changed here stays open, to be saved anew or let go.
  const lost = useMemo(() => Object.keys(unsaved).filter((file) => !paths.includes(file)), [unsaved, paths]);
  const kept = useMemo(() => [...paths, ...lost], [paths, lost]);
  const all = useMemo(() => [...paths, generated, ...lost], [paths, generated, lost]);
  const path = wanted !== undefined && all.includes(wanted) ? wanted : (open.find((one) => all.includes(one)) ?? mainFile(paths) ?? generated);

  useEffect(() => {
    openFiles.keep(id, all);
    openFiles.open(id, path);
    setRecent((old) => [path, ...old.filter((one) => one !== path)].slice(0, 20));
  }, [id, all, path]);

  const openFile = useCallback(
    (file: string, at?: { line: number; column?: number; length?: number }) => {
      void navigate({ search: { file }, replace: true });
      if (at) setPlace({ path: file, line: at.line, column: at.column ?? 1, ...(at.length === undefined ? {} : { length: at.length }), request: ++requests });
    },
    [navigate],
  );

  const closeFile = useCallback(
    (file: string) => {
      const next = openFiles.close(id, file);
      if (file === path) openFile(next ?? mainFile(paths) ?? generated);
    },
    [id, path, paths, generated, openFile],
  );

  const readFile = useCallback(
    async (file: string): Promise<string | null> => {
      const draft = drafts.of(id)[file];
      if (draft) return draft.text;
      try {
        return (await client.fetchQuery(projectFile(id, file))).content;
      } catch {
        return null;
      }
    },
    [client, id],
  );

  /** What the server has now, past every cache; null where the file is gone. */
  const fetchNow = useCallback(
    async (file: string) => {
      try {
        return await client.fetchQuery({ ...projectFile(id, file), staleTime: 0 });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    [client, id],
  );

  const saveOne = useCallback(
    async (file: string, headers?: Record<string, string>): Promise<"saved" | "conflict"> => {
      const draft = drafts.of(id)[file];
      if (!draft) return "saved";
      try {
        const written = await write({ path: file, content: draft.text, headers: headers ?? precondition(draft) });
        // Typing may have gone on while it was saved: what was typed since stays unsaved.
        if (drafts.of(id)[file]?.text === draft.text) drafts.drop(id, file);
        else drafts.rebase(id, file, written.etag);
        languageControl.saved(id, file);
        return "saved";
      } catch (error) {
        if (!isConflict(error)) throw error;
        const theirs = await fetchNow(file);
        if (theirs?.content === draft.text) drafts.drop(id, file);
        else setConflict(conflictOf(file, draft.text, error, theirs));
        return theirs?.content === draft.text ? "saved" : "conflict";
      }
    },
    [id, write, fetchNow],
  );

  /** Throws where a file could not be saved, a conflict among the reasons. */
  const saveAll = useCallback(async () => {
    setSaving(true);
    try {
      for (const file of Object.keys(drafts.of(id))) {
        if ((await saveOne(file)) === "conflict") throw new ApiError("FILE_CHANGED", `${file} was changed by somebody else meanwhile. Choose which text counts, then go on.`, 412);
      }
    } finally {
      setSaving(false);
    }
  }, [id, saveOne]);

  const save = useCallback(
    async (which: "this" | "all") => {
      setSaving(true);
      try {
        for (const file of which === "this" ? [path] : Object.keys(drafts.of(id))) if ((await saveOne(file)) === "conflict") break;
      } catch (error) {
        toast.error(error instanceof Error ? error.message : "The file could not be saved.", { description: "Your text is still here, unsaved." });
      } finally {
        setSaving(false);
      }
    },
    [id, path, saveOne],
  );

  const resolve = useCallback(
    async (choice: "mine" | "theirs") => {
      if (!conflict) return;
      const decision = decide(conflict, choice);
      if (decision.kind === "write") {
        if ((await saveOne(conflict.path, decision.headers)) === "conflict") return;
      } else {
        drafts.drop(id, conflict.path);
        if (decision.kind === "close") {
          openFiles.close(id, conflict.path);
          await client.invalidateQueries({ queryKey: ["project", id] });
        }
      }
      setConflict(null);
    },
    [client, conflict, id, saveOne],
  );

  const createFile = useCallback(
    async (file: string) => {
      const name = file.slice(file.lastIndexOf("/") + 1);
      await write({ path: file, content: /\.(h|hpp)$/.test(name) ? "#pragma once\n" : "", headers: { "If-None-Match": "*" } });
      await client.invalidateQueries({ queryKey: ["project", id] });
      openFile(file);
    },
    [client, id, write, openFile],
  );

  /** Returns what was refused on the way; what was written before that stays. */
  const addFiles = useCallback(
    async (files: Upload[]): Promise<{ name: string; why: string }[]> => {
      const refused: { name: string; why: string }[] = [];
      let first: string | undefined;
      for (const { path: file, text } of files) {
        try {
          await write({ path: file, content: text, headers: { "If-None-Match": "*" } });
          first ??= file;
        } catch (error) {
          refused.push({ name: file, why: error instanceof Error ? error.message : "It could not be saved." });
        }
      }
      await client.invalidateQueries({ queryKey: ["project", id] });
      if (first !== undefined) openFile(first);
      return refused;
    },
    [client, id, write, openFile],
  );

  const renamePath = useCallback(
    async (from: string, to: string) => {
      const moves = renamed(paths, from, to);
      await rename({ from, to });
      for (const [old, next] of moves) drafts.move(id, old, next);
      openFiles.rename(id, moves);
      const moved = moves.find(([old]) => old === path)?.[1];
      if (moved) openFile(moved);
    },
    [id, paths, path, rename, openFile],
  );

  const deletePath = useCallback(
    async (target: string) => {
      const isFile = paths.includes(target);
      if (isFile) await remove({ path: target });
      else await removeFolder({ path: target, revision: project.revision });
      const gone = isFile ? [target] : [...new Set([...paths, ...Object.keys(drafts.of(id))])].filter((one) => one.startsWith(`${target}/`));
      const next = openFiles.closeAll(id, gone, path);
      for (const file of gone) drafts.drop(id, file);
      if (gone.includes(path)) openFile(next ?? mainFile(paths.filter((one) => !gone.includes(one))) ?? generated);
    },
    [id, paths, path, project.revision, remove, removeFolder, openFile, generated],
  );

  const dropDrafts = useCallback(
    (file: string | null) => {
      for (const one of file === null ? Object.keys(drafts.of(id)) : [file]) drafts.drop(id, one);
    },
    [id],
  );

  return {
    paths, all, kept, lost, generated, path, open, recent, unsaved, place, saving, conflict, openFile, closeFile, readFile, saveAll, save, createFile, addFiles, renamePath, deletePath, dropDrafts, resolve,
    showConflict: setConflict,
  };
}

export type Workspace = ReturnType<typeof useWorkspace>;
