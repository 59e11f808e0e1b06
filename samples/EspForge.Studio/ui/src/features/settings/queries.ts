import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { session } from "@/api/session";
import type { ApiKey, NewApiKey, Role, Session, Toolchain, User } from "@/api/types";

export function useAddUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { email: string; password: string; displayName?: string; role: Role }) => api.post<User>("users", request),
    meta: { inline: true },
    onSuccess: () => void client.invalidateQueries({ queryKey: ["users"] }),
  });
}

export function useChangeUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...change }: { id: string; role?: Role; disabled?: boolean; displayName?: string }) => api.patch<User>(`users/${id}`, change),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["users"] }),
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (request: { currentPassword: string; newPassword: string }) => api.post<Session>("auth/password", { ...request, useCookie: true }),
    meta: { inline: true },
    onSuccess: (granted) => session.begin(granted),
  });
}

export function useInstall() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.post<Toolchain>(`toolchains/${id}/install`),
    meta: { inline: true },
    onSuccess: (one) => {
      client.setQueryData<Toolchain[]>(["toolchains"], (old) => old?.map((other) => (other.id === one.id ? one : other)));
      void client.invalidateQueries({ queryKey: ["toolchains"] });
    },
  });
}

export function useCancelInstall() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.post<Toolchain>(`toolchains/${id}/install/cancel`),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["toolchains"] }),
  });
}

export function useCreateApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { name: string; permissions: string[]; expiresAt?: string }) => api.post<NewApiKey>("api-keys", request),
    meta: { inline: true },
    // The key itself must not stay in memory longer than its dialog.
    gcTime: 0,
    onSuccess: () => void client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

export function useRevokeApiKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: ApiKey["id"]) => api.delete<void>(`api-keys/${id}`),
    meta: { inline: true },
    onSuccess: () => void client.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}
