import { infiniteQueryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Entry } from "@/api/types";

export const AUDIT_PAGE = 200;

/** Newest first, further back page by page. */
export const entries = (action: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["audit", "entries", action ?? ""],
    queryFn: ({ pageParam }) => api.get<Entry[]>("audit", { limit: AUDIT_PAGE, action, ...(pageParam === null ? {} : { before: pageParam }) }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.length < AUDIT_PAGE ? undefined : (last[last.length - 1]?.sequence ?? undefined)),
  });
