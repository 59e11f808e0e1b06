import { vi } from "vitest";
import type { Session, User } from "@/api/types";

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}
type Answer = (call: Call) => Response | Promise<Response>;

/** Answers in the envelope; a host of one function, for one test. */
export function host(answer: Answer): Call[] {
  const calls: Call[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const url = new URL(String(input), "http://studio.test");
    const call: Call = {
      method: init?.method ?? "GET",
      path: url.pathname.replace("/api/v1/", ""),
      query: url.searchParams,
      headers: new Headers(init?.headers),
      body: typeof init?.body === "string" ? JSON.parse(init.body) : (init?.body ?? null),
    };
    calls.push(call);
    return answer(call);
  });
  return calls;
}

export function ok(data: unknown, status = 200): Response {
  return Response.json({ success: true, data, error: null, meta: { requestId: "r-1", timestamp: "2026-01-01T00:00:00Z", version: "1" } }, { status });
}

export function no(status: number, code: string, message: string, details: { field: string; message: string }[] | null = null, headers: Record<string, string> = {}): Response {
  return Response.json({ success: false, data: null, error: { code, message, details }, meta: { requestId: "r-2", timestamp: "2026-01-01T00:00:00Z", version: "1" } }, { status, headers });
}

export const user: User = {
  id: "u1",
  email: "admin@lab.example",
  displayName: "Administrator",
  role: "admin",
  organization: "main",
  disabled: false,
  permissions: [
    "boards.read", "boards.write", "pins.check", "projects.read", "projects.write", "builds.read", "builds.run", "images.read", "images.upload", "releases.read",
    "releases.create", "rollouts.read", "rollouts.manage", "devices.read", "devices.manage", "fleet.manage", "audit.read", "users.manage",
  ],
};

export const viewer: User = { ...user, id: "u2", role: "viewer", permissions: ["boards.read", "pins.check", "projects.read", "rollouts.read", "devices.read"] };

export const grant = (accessToken: string, who: User = user): Session => ({ accessToken, expiresInSeconds: 900, refreshToken: null, user: who });
