import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Device, RegisteredDevice, VirtualFleet } from "@/api/types";

const path = (id: string) => `devices/${encodeURIComponent(id)}`;

export interface ClaimRequest {
  pairingCode: string;
  name?: string;
  group?: string;
  tags?: string[];
}
export interface RegisterRequest {
  deviceId: string;
  product: string;
  chip: string;
  board?: string;
  name?: string;
}

function useRefreshDevices() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["devices"] });
    void client.invalidateQueries({ queryKey: ["products"] });
  };
}

export function useClaim() {
  const refresh = useRefreshDevices();
  return useMutation({ mutationFn: (request: ClaimRequest) => api.post<Device>("devices/claim", request), meta: { inline: true }, onSuccess: refresh });
}

export function useRegister() {
  const refresh = useRefreshDevices();
  return useMutation({ mutationFn: (request: RegisterRequest) => api.post<RegisteredDevice>("devices", request), meta: { inline: true }, onSuccess: refresh });
}

export function useChangeDevice(id: string) {
  const client = useQueryClient();
  const refresh = useRefreshDevices();
  return useMutation({
    mutationFn: (change: { name?: string | null; group?: string | null; tags?: string[] }) => api.patch<Device>(path(id), change),
    meta: { inline: true },
    onSuccess: (device) => {
      client.setQueryData(["device", id], device);
      refresh();
    },
  });
}

export function useDeleteDevice(id: string) {
  const client = useQueryClient();
  const refresh = useRefreshDevices();
  return useMutation({
    mutationFn: () => api.delete<void>(path(id)),
    meta: { inline: true },
    onSuccess: () => {
      client.removeQueries({ queryKey: ["device", id] });
      refresh();
    },
  });
}

export function useAddVirtual() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: { count: number; product: string; board: string }) => api.post<VirtualFleet>("virtual-devices", request),
    meta: { inline: true },
    onSuccess: (fleet) => client.setQueryData(["virtual-devices"], fleet),
  });
}
