import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Candidate, PinCheck, PinCode, Plan, Use } from "@/api/types";

export const check = (plan: Plan) =>
  queryOptions({
    queryKey: ["pins-check", plan],
    queryFn: ({ signal }) => api.post<PinCheck>("pins/check", plan, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });

export const code = (plan: Plan) =>
  queryOptions({
    queryKey: ["pins-code", plan],
    queryFn: ({ signal }) => api.post<PinCode>("pins/code", plan, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });

/** Where a use could go, best first; without a GPIO of its own nothing is kept from being suggested. */
export const suggest = (plan: Plan, use: Omit<Use, "gpio">) =>
  queryOptions({
    queryKey: ["pins-suggest", plan, use],
    queryFn: ({ signal }) => api.post<{ candidates: Candidate[] }>("pins/suggest", { plan, use }, { signal }).then((answer) => answer.candidates),
    staleTime: 60_000,
    gcTime: 60_000,
  });
