import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { session } from "@/api/session";
import type { Permission, User } from "@/api/types";

let now = Date.now();
const ticks = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

/** One clock for every relative time on the page. */
export function useNow(): number {
  return useSyncExternalStore(
    useCallback((listener: () => void) => {
      ticks.add(listener);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const tick of ticks) tick();
      }, 1000);
      return () => {
        ticks.delete(listener);
        if (ticks.size === 0 && timer !== null) {
          clearInterval(timer);
          timer = null;
        }
      };
    }, []),
    () => now,
  );
}

export function useSession() {
  return useSyncExternalStore(session.subscribe, () => session.state);
}

export function useUser(): User {
  const state = useSession();
  if (state.status !== "signedIn") throw new Error("This page needs a signed-in user.");
  return state.user;
}

const WHAT: Record<Permission, string> = {
  "boards.read": "see boards",
  "boards.write": "change boards",
  "pins.check": "check pins",
  "projects.read": "see projects",
  "projects.write": "change projects",
  "builds.read": "see builds",
  "builds.run": "run builds",
  "images.read": "see images",
  "images.upload": "upload images",
  "releases.read": "see releases",
  "releases.create": "create releases",
  "rollouts.read": "see rollouts",
  "rollouts.manage": "manage rollouts",
  "devices.read": "see devices",
  "devices.manage": "manage devices",
  "fleet.manage": "run virtual devices",
  "audit.read": "read the audit log",
  "users.manage": "manage users",
  "api-keys.manage": "manage API keys",
  "toolchains.manage": "install toolchains",
};

export function may(user: Pick<User, "permissions" | "role">, permission: Permission): { allowed: boolean; reason: string | undefined } {
  const allowed = user.permissions.includes(permission);
  return { allowed, reason: allowed ? undefined : `Your role (${user.role}) may not ${WHAT[permission]}.` };
}

export function useMay(permission: Permission) {
  const state = useSession();
  if (state.status !== "signedIn") return { allowed: false, reason: "Sign in first." };
  return may(state.user, permission);
}

export function useDebounced<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** A value once a frame at most: as fast as it can be seen, however fast it changes. */
export function useFrame<T>(value: T): T {
  const [shown, setShown] = useState(value);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setShown(value));
    return () => cancelAnimationFrame(frame);
  }, [value]);
  return shown;
}

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    useCallback(
      (listener: () => void) => {
        const media = window.matchMedia(query);
        media.addEventListener("change", listener);
        return () => media.removeEventListener("change", listener);
      },
      [query],
    ),
    () => window.matchMedia(query).matches,
  );
}

/** The width of an element, followed. */
export function useWidth<E extends Element>(): [(element: E | null) => void, number] {
  const [element, setElement] = useState<E | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}
