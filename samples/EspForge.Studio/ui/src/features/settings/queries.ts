import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { session } from "@/api/session";
import type { Role, Session, User } from "@/api/types";

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
