import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Rollout, RolloutRequest } from "@/api/types";

export type RolloutAction = "start" | "pause" | "resume" | "cancel" | "rollback";
export interface ActionRequest {
  reason?: string;
  returnToReleaseId?: string;
}

export function useRolloutAction(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, ...body }: ActionRequest & { action: RolloutAction }) => api.post<Rollout>(`rollouts/${id}/${action}`, body),
    onSuccess: (rollout) => {
      client.setQueryData(["rollout", rollout.id], rollout);
      void client.invalidateQueries({ queryKey: ["rollouts"] });
      void client.invalidateQueries({ queryKey: ["rollout"] });
    },
    meta: { inline: true },
  });
}

export function useCreateRollout() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: RolloutRequest) => api.post<Rollout>("rollouts", request),
    meta: { inline: true },
    onSuccess: (rollout) => {
      client.setQueryData(["rollout", rollout.id], rollout);
      void client.invalidateQueries({ queryKey: ["rollouts"] });
    },
  });
}
