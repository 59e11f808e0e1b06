import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import { ApiError } from "./error";
import type * as T from "./types";

// Everything that can be read, once. Keys are `[noun, …]`; events.ts makes them stale.
const FACTS = { staleTime: Infinity, gcTime: Infinity } as const;

export const bootstrap = () =>
  queryOptions({ queryKey: ["bootstrap"], queryFn: () => api.get<T.Bootstrap>("bootstrap"), staleTime: 60_000 });
export const status = () => queryOptions({ queryKey: ["status"], queryFn: () => api.get<T.Status>("status"), staleTime: 30_000 });

export const boards = () => queryOptions({ queryKey: ["boards"], queryFn: () => api.get<T.BoardSummary[]>("boards"), ...FACTS });
export const board = (id: string) =>
  queryOptions({ queryKey: ["board", id], queryFn: () => api.get<T.Board>(`boards/${encodeURIComponent(id)}`), ...FACTS, enabled: id !== "" });
export const chips = () => queryOptions({ queryKey: ["chips"], queryFn: () => api.get<T.Chip[]>("chips"), ...FACTS });
export const templates = () =>
  queryOptions({ queryKey: ["project-templates"], queryFn: () => api.get<T.ProjectTemplate[]>("project-templates"), ...FACTS });

export const projects = () => queryOptions({ queryKey: ["projects"], queryFn: () => api.get<T.Project[]>("projects", { limit: 500 }) });
export const project = (id: string) =>
  queryOptions({ queryKey: ["project", id], queryFn: () => api.get<T.Project>(`projects/${id}`), enabled: id !== "" });
export const filePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");
export const projectFile = (id: string, path: string) =>
  queryOptions({
    queryKey: ["project-file", id, path],
    queryFn: () => api.get<T.FileContent>(`projects/${id}/files/${filePath(path)}`),
    enabled: path !== "",
  });
export interface SearchOptions {
  q: string;
  case: boolean;
  word: boolean;
  regex: boolean;
}
export const projectSearch = (id: string, options: SearchOptions) =>
  queryOptions({
    queryKey: ["project-search", id, options],
    queryFn: ({ signal }) => api.get<T.Matches>(`projects/${id}/search`, { ...options, limit: 500 }, signal),
    enabled: options.q !== "",
    retry: false,
  });
/** What a file was after a revision; null where it was not there. */
export const fileOfRevision = (id: string, revision: number, path: string) =>
  queryOptions({
    queryKey: ["project-revision", id, revision, path],
    queryFn: async () => {
      try {
        return await api.get<T.FileContent>(`projects/${id}/history/${revision}/files/${filePath(path)}`);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    ...FACTS,
  });
export const planOfRevision = (id: string, revision: number) =>
  queryOptions({
    queryKey: ["project-revision-plan", id, revision],
    queryFn: async () => {
      try {
        return await api.get<{ board: string; toolchain: string; plan: T.Plan }>(`projects/${id}/history/${revision}/plan`);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },
    ...FACTS,
  });

export const toolchains = () =>
  queryOptions({
    queryKey: ["toolchains"],
    queryFn: () => api.get<T.Toolchain[]>("toolchains"),
    staleTime: 30_000,
    refetchInterval: (query) => (query.state.data?.some((one) => one.installing) ? 2_000 : false),
  });
export const apiKeys = () => queryOptions({ queryKey: ["api-keys"], queryFn: () => api.get<T.ApiKey[]>("api-keys", { limit: 500 }) });

export const builds = () => queryOptions({ queryKey: ["builds"], queryFn: () => api.get<T.Build[]>("builds", { limit: 200 }) });
export const projectBuilds = (projectId: string) =>
  queryOptions({
    queryKey: ["builds", "of", projectId],
    queryFn: () => api.get<T.Build[]>(`projects/${projectId}/builds`, { limit: 100 }),
    enabled: projectId !== "",
  });
export const build = (id: string) =>
  queryOptions({
    queryKey: ["build", id],
    queryFn: () => api.get<T.Build>(`builds/${id}`),
    enabled: id !== "",
    // Events tell of the change; asking now and then covers a lost one while it runs.
    refetchInterval: (query) => (query.state.data && isOpen(query.state.data.state) ? 5_000 : false),
  });
export const isOpen = (state: T.BuildState) => state === "queued" || state === "running";

export const images = () => queryOptions({ queryKey: ["images"], queryFn: () => api.get<T.Image[]>("images", { limit: 200 }) });
export const releases = (product?: string) =>
  queryOptions({ queryKey: ["releases", product ?? ""], queryFn: () => api.get<T.Release[]>("releases", { product, limit: 200 }) });
export const release = (id: string) => queryOptions({ queryKey: ["release", id], queryFn: () => api.get<T.Release>(`releases/${id}`) });
export const products = () => queryOptions({ queryKey: ["products"], queryFn: () => api.get<T.Product[]>("products") });

export const rollouts = () => queryOptions({ queryKey: ["rollouts"], queryFn: () => api.get<T.RolloutSummary[]>("rollouts", { limit: 200 }) });
export const rollout = (id: string) =>
  queryOptions({
    queryKey: ["rollout", id],
    queryFn: () => api.get<T.Rollout>(`rollouts/${id}`),
    refetchInterval: (query) => (query.state.data?.state === "running" ? 10_000 : false),
  });
export const MEMBER_PAGE = 10_000;
export const rolloutMembers = (id: string) =>
  queryOptions({
    queryKey: ["rollout", id, "members"],
    queryFn: () => api.get<T.Member[]>(`rollouts/${id}/members`, { skip: 0, limit: MEMBER_PAGE }),
  });

export const devices = (search: { product?: string; search?: string } = {}) =>
  queryOptions({ queryKey: ["devices", search], queryFn: () => api.get<T.Device[]>("devices", { ...search, limit: 500 }) });
export const device = (id: string) =>
  queryOptions({ queryKey: ["device", id], queryFn: () => api.get<T.Device>(`devices/${encodeURIComponent(id)}`) });
export const telemetry = (id: string, minutes: number) =>
  queryOptions({
    queryKey: ["device", id, "telemetry", minutes],
    queryFn: () =>
      api.get<T.Sample[]>(`devices/${encodeURIComponent(id)}/telemetry`, {
        from: new Date(Date.now() - minutes * 60_000).toISOString(),
        limit: 5000,
      }),
    refetchInterval: 15_000,
  });
export const timeline = (id: string) =>
  queryOptions({
    queryKey: ["device", id, "timeline"],
    queryFn: () => api.get<T.TimelineEntry[]>(`devices/${encodeURIComponent(id)}/timeline`, { limit: 200 }),
  });
export const virtualFleet = (enabled = true) =>
  queryOptions({
    queryKey: ["virtual-devices"],
    queryFn: () => api.get<T.VirtualFleet>("virtual-devices"),
    enabled,
    refetchInterval: (query) =>
      query.state.data?.devices.some((d) => d.state === "preparing" || d.state === "starting" || d.state === "claiming") ? 2_000 : false,
  });

/** What a user or API key is called. Names seldom change. */
export const actorName = (actor: string) =>
  queryOptions({ queryKey: ["actor", actor], queryFn: () => api.get<T.Actor>(`actors/${encodeURIComponent(actor)}`), staleTime: 300_000, retry: false });
export const users = () => queryOptions({ queryKey: ["users"], queryFn: () => api.get<T.User[]>("users", { limit: 500 }) });
export const auditVerification = () => queryOptions({ queryKey: ["audit", "verify"], queryFn: () => api.get<T.AuditVerification>("audit/verify") });
