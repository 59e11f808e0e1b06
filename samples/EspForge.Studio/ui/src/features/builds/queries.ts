import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Build } from "@/api/types";

export function useCancelBuild() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.post<Build>(`builds/${id}/cancel`),
    onSuccess: (build) => {
      client.setQueryData(["build", build.id], build);
      void client.invalidateQueries({ queryKey: ["builds"] });
    },
  });
}
