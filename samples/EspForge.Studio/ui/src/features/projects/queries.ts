import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { filePath } from "@/api/queries";
import type { Build, FileContent, Plan, Project } from "@/api/types";

export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { name: string; product?: string; board: string; template: string }) => api.post<Project>("projects", request),
    meta: { inline: true },
    onSuccess: (project) => {
      client.setQueryData(["project", project.id], project);
      void client.invalidateQueries({ queryKey: ["projects"] });
    },
  });
}

export function useChangeProject(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: { name?: string; plan?: Plan }) => api.patch<Project>(`projects/${id}`, change),
    meta: { inline: true },
    onSuccess: (project) => {
      client.setQueryData(["project", id], project);
      void client.invalidateQueries({ queryKey: ["projects"] });
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

export function useWriteFile(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, content }: { path: string; content: string }) => api.put<FileContent>(`projects/${id}/files/${filePath(path)}`, { content }),
    meta: { inline: true },
    onSuccess: (file, { path, content }) => {
      client.setQueryData(["project-file", id, path], { ...file, content });
      void client.invalidateQueries({ queryKey: ["project", id] });
    },
  });
}

export function useDeleteFile(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (path: string) => api.delete<void>(`projects/${id}/files/${filePath(path)}`),
    meta: { inline: true },
    onSuccess: (_nothing, path) => {
      client.removeQueries({ queryKey: ["project-file", id, path] });
      void client.invalidateQueries({ queryKey: ["project", id] });
    },
  });
}

export function useStartBuild(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: string) => api.post<Build>(`projects/${id}/builds`, { version }),
    meta: { inline: true },
    onSuccess: (build) => {
      client.setQueryData(["build", build.id], build);
      void client.invalidateQueries({ queryKey: ["builds"] });
    },
  });
}
