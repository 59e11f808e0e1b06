import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { BoardSource, BootPlay, Candidate, Imported, Need, PinCheck, PinCode, PinFormat, Plan, PlanDiff, Port, Solution, Use } from "@/api/types";

// Every answer is about one plan and nothing else: it never gets old, and a plan that is left behind takes its request with it.
const PER_PLAN = { staleTime: 60_000, gcTime: 60_000 } as const;

export const check = (plan: Plan) =>
  queryOptions({
    queryKey: ["pins-check", plan],
    queryFn: ({ signal }) => api.post<PinCheck>("pins/check", plan, { signal }),
    placeholderData: keepPreviousData,
    ...PER_PLAN,
  });

export const formats = () =>
  queryOptions({
    queryKey: ["pins-formats"],
    queryFn: ({ signal }) => api.get<PinFormat[]>("pins/formats", {}, signal),
    staleTime: Infinity,
  });

export const code = (plan: Plan, format: string) =>
  queryOptions({
    queryKey: ["pins-code", format, plan],
    queryFn: ({ signal }) => api.post<PinCode>("pins/code", plan, { signal, query: { format } }),
    placeholderData: keepPreviousData,
    ...PER_PLAN,
  });

/** Where a use could go, best first: the index of a use of the plan, or a use that has no pin yet. */
export const suggest = (plan: Plan, use: Omit<Use, "gpio"> | number) =>
  queryOptions({
    queryKey: ["pins-suggest", plan, use],
    queryFn: ({ signal }) => api.post<{ candidates: Candidate[] }>("pins/suggest", { plan, use }, { signal }).then((answer) => answer.candidates),
    ...PER_PLAN,
  });

export const boot = (plan: Plan) =>
  queryOptions({
    queryKey: ["pins-boot", plan],
    queryFn: ({ signal }) => api.post<BootPlay>("pins/boot", plan, { signal }),
    placeholderData: keepPreviousData,
    ...PER_PLAN,
  });

export const diff = (before: Plan, after: Plan) =>
  queryOptions({
    queryKey: ["pins-diff", before, after],
    queryFn: ({ signal }) => api.post<PlanDiff>("pins/diff", { before, after }, { signal }),
    ...PER_PLAN,
  });

export const port = (plan: Plan, board: string) =>
  queryOptions({
    queryKey: ["pins-port", plan, board],
    queryFn: ({ signal }) => api.post<Port>("pins/port", { plan, board }, { signal }),
    ...PER_PLAN,
    retry: false,
  });

export const solve = (request: { plan: Plan; needs: Need[]; locked: number[]; free: number[] }) => api.post<Solution>("pins/solve", request);

export const importPlan = (request: { text: string; fileName?: string; board?: string; format?: string; model?: string; environment?: string }) =>
  api.post<Imported>("pins/import", request);

export const boardSource = (id: string) =>
  queryOptions({
    queryKey: ["board-source", id],
    queryFn: ({ signal }) => api.get<BoardSource>(`boards/${id}/source`, {}, signal),
    staleTime: 0,
  });
