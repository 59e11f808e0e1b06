import { MutationCache, QueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { ApiError, isTransient } from "@/api/error";

declare module "@tanstack/react-query" {
  interface Register {
    /** `inline`: the form shows the error itself. */
    mutationMeta: { inline?: boolean };
  }
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.inline) return;
        const code = error instanceof ApiError ? [error.code, error.requestId ? `request ${error.requestId}` : ""].filter(Boolean).join(" · ") : undefined;
        toast.error(error.message, { description: code });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && isTransient(error),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}
