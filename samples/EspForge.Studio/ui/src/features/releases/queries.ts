import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Release, ReleaseRequest } from "@/api/types";


export function useCreateRelease() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: ReleaseRequest) => api.post<Release>("releases", request),
    meta: { inline: true },
    onSuccess: (release) => {
      client.setQueryData(["release", release.id], release);
      void client.invalidateQueries({ queryKey: ["releases"] });
      void client.invalidateQueries({ queryKey: ["products"] });
    },
  });
}
