import type { ErrorDetail } from "./types";

/** What the server said no with, or why it could not be asked. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly details: ErrorDetail[] = [],
    readonly requestId: string | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }

  /** The message for one field of the request, if there is one. */
  field(name: string): string | undefined {
    return this.details.find((detail) => detail.field === name || detail.field.startsWith(`${name}.`))?.message;
  }
}

/** True when asking again may help: the connection or the server failed, not the request. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiError && (error.code === "NETWORK" || error.status >= 500);
}
