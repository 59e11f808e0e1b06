import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { filePath } from "@/api/queries";
import type { Build, FileContent, Plan, Project } from "@/api/types";

function took(client: QueryClient, project: Project) {
  client.setQueryData(["project", project.id], project);
  void client.invalidateQueries({ queryKey: ["projects"] });
}

function filesChanged(client: QueryClient, id: string) {
  for (const noun of ["project", "project-history", "project-search"]) void client.invalidateQueries({ queryKey: [noun, id] });
}

export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { name: string; product?: string; board: string; template: string }) => api.post<Project>("projects", request),
    meta: { inline: true },
    onSuccess: (project) => took(client, project),
  });
}

export function useImportProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ archive, name, board }: { archive: Blob; name?: string; board?: string }) =>
      api.post<Project>("projects/import", archive, { query: { name, board }, headers: { "Content-Type": "application/zip" } }),
    meta: { inline: true },
    onSuccess: (project) => took(client, project),
  });
}

export function useChangeProject(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: { name?: string; plan?: Plan; toolchain?: string }) => api.patch<Project>(`projects/${id}`, change),
    meta: { inline: true },
    onSuccess: (project) => {
      took(client, project);
      void client.invalidateQueries({ queryKey: ["project-history", id] });
    },
  });
}

export function useDeleteProject(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete<void>(`projects/${id}`),
    meta: { inline: true },
    onSuccess: () => {
      client.removeQueries({ queryKey: ["project", id] });
      void client.invalidateQueries({ queryKey: ["projects"] });
    },
  });
}

interface WriteFile {
  path: string;
  content: string;
  /** If-Match or If-None-Match: what must be true for the save to count. */
  headers: Record<string, string>;
}

export function useWriteFile(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, content, headers }: WriteFile) => api.put<FileContent>(`projects/${id}/files/${filePath(path)}`, { content }, headers),
    meta: { inline: true },
    onSuccess: (file, { path, content }) => {
      client.setQueryData(["project-file", id, path], { ...file, content });
      filesChanged(client, id);
    },
  });
}

export function useDeleteFile(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, etag }: { path: string; etag?: string | undefined }) => api.delete<void>(`projects/${id}/files/${filePath(path)}`, etag === undefined ? {} : { "If-Match": etag }),
    meta: { inline: true },
    onSuccess: (_nothing, { path }) => {
      client.removeQueries({ queryKey: ["project-file", id, path] });
      filesChanged(client, id);
    },
  });
}

export function useDeleteFolder(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, revision }: { path: string; revision: number }) => api.delete<void>(`projects/${id}/folders/${filePath(path)}`, { "If-Match": `"${revision}"` }),
    meta: { inline: true },
    onSuccess: (_nothing, { path }) => client.removeQueries({ predicate: ({ queryKey: [noun, project, file] }) => noun === "project-file" && project === id && typeof file === "string" && file.startsWith(`${path}/`) }),
    // Refused, it is not what is shown here.
    onSettled: () => filesChanged(client, id),
  });
}

export function useRenameFile(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { from: string; to: string }) => api.post<Project>(`projects/${id}/rename`, request),
    meta: { inline: true },
    onSuccess: (project) => {
      took(client, project);
      filesChanged(client, id);
    },
  });
}

export function useRestore(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ revision, path }: { revision: number; path?: string | undefined }) => api.post<Project>(`projects/${id}/history/${revision}/restore`, path === undefined ? {} : { path }),
    meta: { inline: true },
    onSuccess: (project) => {
      took(client, project);
      void client.invalidateQueries({ queryKey: ["project-file", id] });
      filesChanged(client, id);
    },
  });
}

export function useStartBuild(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { version: string; environment?: string; acceptErrors?: string }) => api.post<Build>(`projects/${id}/builds`, request),
    meta: { inline: true },
    onSuccess: (build) => {
      client.setQueryData(["build", build.id], build);
      void client.invalidateQueries({ queryKey: ["builds"] });
    },
  });
}
