import { unwrap } from "./envelope";
import { ApiError } from "./error";
import { session } from "./session";
import type { Session } from "./types";

const BASE = "/api/v1/";

type Query = Record<string, string | number | boolean | null | undefined>;
export interface CallOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** Open endpoints need no token and are not retried after a refresh. */
  open?: boolean;
  headers?: Record<string, string>;
}

export function url(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return BASE + path + (text === "" ? "" : `?${text}`);
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("NETWORK", "The server cannot be reached.", 0);
  }
}

let refreshing: Promise<boolean> | null = null;

/** Tabs share the cookie, and a cookie used twice ends the session: they take turns. */
async function inTurn(work: () => Promise<boolean>): Promise<boolean> {
  return "locks" in navigator ? await navigator.locks.request("espforge.refresh", work) : work();
}

/** Turns the HttpOnly cookie into a new access token. However many callers, one request. */
export function refresh(): Promise<boolean> {
  refreshing ??= inTurn(async () => {
    try {
      const response = await send(url("auth/refresh"), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      });
      session.begin(await unwrap<Session>(response));
      return true;
    } catch (error) {
      // An unreachable or overloaded server says nothing about the session; only a refusal ends it.
      if (error instanceof ApiError && (error.status === 400 || error.status === 401 || error.status === 403)) {
        session.end(session.state.status === "signedIn");
        return false;
      }
      throw error;
    } finally {
      refreshing = null;
    }
  });
  return refreshing;
}

/** A request with the bearer token; on 401 the token is renewed once and the request repeated. */
export async function authorized(address: string, init: RequestInit): Promise<Response> {
  const attempt = () => {
    const headers = new Headers(init.headers);
    if (session.token !== null) headers.set("Authorization", `Bearer ${session.token}`);
    return send(address, { ...init, headers });
  };
  const sentWith = session.token;
  const response = await attempt();
  if (response.status !== 401) return response;
  // Another call may have renewed it while this one was under way.
  const renewed = session.token !== null && session.token !== sentWith ? true : await refresh();
  return renewed ? attempt() : response;
}

async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  const init: RequestInit = { method, headers, signal: options.signal ?? null };
  if (options.body instanceof Blob) {
    headers["Content-Type"] ??= "application/octet-stream";
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  const address = url(path, options.query);
  const response = options.open === true ? await send(address, init) : await authorized(address, init);
  return unwrap<T>(response);
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>("GET", path, { query, signal }),
  post: <T>(path: string, body?: unknown, options?: CallOptions) => call<T>("POST", path, { body: body ?? {}, ...options }),
  put: <T>(path: string, body: unknown, headers: Record<string, string> = {}) => call<T>("PUT", path, { body, headers }),
  patch: <T>(path: string, body: unknown) => call<T>("PATCH", path, { body }),
  delete: <T>(path: string, headers: Record<string, string> = {}) => call<T>("DELETE", path, { headers }),
  /** A file as bytes, e.g. an image or a manifest; a path that begins with / is taken as it is. */
  async download(path: string): Promise<Blob> {
    const response = await authorized(path.startsWith("/") ? path : url(path), { method: "GET" });
    if (!response.ok) await unwrap<never>(response);
    return response.blob();
  },
};

export async function signIn(path: "auth/login" | "bootstrap", body: Record<string, unknown>): Promise<void> {
  session.begin(await call<Session>("POST", path, { body: { ...body, useCookie: true }, open: true }));
}

/** Ends the session here even when the server cannot be told. */
export async function signOut(): Promise<void> {
  try {
    await call<void>("POST", "auth/logout", { body: {} });
  } catch {
    // The cookie expires by itself; the token is forgotten below.
  }
  session.end();
}
