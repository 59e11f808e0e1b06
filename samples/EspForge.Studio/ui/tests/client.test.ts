import { beforeEach, describe, expect, it } from "vitest";
import { api, refresh, signIn, signOut, url } from "@/api/client";
import { unwrap } from "@/api/envelope";
import { ApiError, isTransient } from "@/api/error";
import { maybeSignedIn, session } from "@/api/session";
import { grant, host, no, ok } from "./host";

beforeEach(() => session.end());

describe("the envelope", () => {
  it("gives the data of a good answer", async () => {
    expect(await unwrap(ok({ a: 1 }))).toEqual({ a: 1 });
  });
  it("gives nothing for 204", async () => {
    expect(await unwrap(new Response(null, { status: 204 }))).toBeUndefined();
  });
  it("keeps code, message, details, request id and Retry-After of a refusal", async () => {
    const error = await unwrap(no(429, "RATE_LIMITED", "Slow down.", [{ field: "email", message: "too often" }], { "Retry-After": "30" })).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "RATE_LIMITED", message: "Slow down.", status: 429, requestId: "r-2", retryAfterSeconds: 30 });
    expect((error as ApiError).field("email")).toBe("too often");
  });
  it("takes an answer that is no envelope for an error, even with status 200", async () => {
    await expect(unwrap(Response.json({ hello: 1 }))).rejects.toMatchObject({ code: "HTTP_200" });
    await expect(unwrap(new Response("<html>", { status: 502 }))).rejects.toMatchObject({ code: "HTTP_502", status: 502 });
  });
});

describe("calls", () => {
  it("leave empty query values out", () => {
    expect(url("devices", { product: "a b", search: "", limit: 0, group: null })).toBe("/api/v1/devices?product=a+b&limit=0");
  });
  it("send the bearer token, and the body as JSON", async () => {
    session.begin(grant("t1"));
    const calls = host(() => ok({ id: 1 }));
    await api.post("projects", { name: "x" });
    expect(calls[0]?.headers.get("Authorization")).toBe("Bearer t1");
    expect(calls[0]?.headers.get("Content-Type")).toBe("application/json");
    expect(calls[0]?.body).toEqual({ name: "x" });
  });
  it("say NETWORK when the server cannot be reached", async () => {
    host(() => {
      throw new TypeError("failed to fetch");
    });
    const error = await api.get("status").catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "NETWORK" });
    expect(isTransient(error)).toBe(true);
  });
});

describe("the session", () => {
  it("asks for the refresh token as a cookie", async () => {
    const calls = host(() => ok(grant("t1")));
    await signIn("auth/login", { email: "a@b.c", password: "p" });
    expect(calls[0]?.body).toEqual({ email: "a@b.c", password: "p", useCookie: true });
    expect(session.state.status).toBe("signedIn");
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(session.token);
  });
  it("is renewed once on 401, and the call repeated with the new token", async () => {
    session.begin(grant("old"));
    const calls = host((call) => {
      if (call.path === "auth/refresh") return ok(grant("new"));
      return call.headers.get("Authorization") === "Bearer new" ? ok("fine") : no(401, "AUTH_EXPIRED_TOKEN", "expired");
    });
    expect(await api.get("status")).toBe("fine");
    expect(calls.map((call) => call.path)).toEqual(["status", "auth/refresh", "status"]);
  });
  it("is renewed by one request, however many calls fail at once", async () => {
    session.begin(grant("old"));
    const calls = host(async (call) => {
      if (call.path === "auth/refresh") {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return ok(grant("new"));
      }
      return call.headers.get("Authorization") === "Bearer new" ? ok(call.path) : no(401, "AUTH_EXPIRED_TOKEN", "expired");
    });
    expect(await Promise.all(["a", "b", "c", "d"].map((path) => api.get(path)))).toEqual(["a", "b", "c", "d"]);
    expect(calls.filter((call) => call.path === "auth/refresh")).toHaveLength(1);
  });
  it("is not renewed twice for one call: a second 401 is an error", async () => {
    session.begin(grant("old"));
    const calls = host((call) => (call.path === "auth/refresh" ? ok(grant("new")) : no(401, "AUTH_INVALID_TOKEN", "no")));
    await expect(api.get("status")).rejects.toMatchObject({ code: "AUTH_INVALID_TOKEN" });
    expect(calls).toHaveLength(3);
  });
  it("ends when the refresh is refused, and says that it was one", async () => {
    session.begin(grant("old"));
    host(() => no(401, "AUTH_INVALID_TOKEN", "no"));
    await expect(api.get("status")).rejects.toMatchObject({ status: 401 });
    expect(session.state).toMatchObject({ status: "signedOut", ended: true });
    expect(session.token).toBeNull();
  });
  it("stays when the server is only unreachable while refreshing", async () => {
    session.begin(grant("old"));
    host(() => {
      throw new TypeError("down");
    });
    await expect(refresh()).rejects.toMatchObject({ code: "NETWORK" });
    expect(session.state.status).toBe("signedIn");
  });
  it("leaves a hint without any secret, and takes it away at the end", () => {
    session.begin(grant("t1"));
    expect(maybeSignedIn()).toBe(true);
    expect(Object.values({ ...localStorage })).toEqual(["1"]);
    session.end();
    expect(maybeSignedIn()).toBe(false);
  });
  it("ends on sign-out even when the server cannot be told", async () => {
    session.begin(grant("t"));
    host(() => no(503, "DOWN", "down"));
    await signOut();
    expect(session.state.status).toBe("signedOut");
  });
});
