import { ApiError } from "./error";
import type { Envelope } from "./types";

function retryAfter(response: Response): number | null {
  const value = response.headers.get("Retry-After");
  if (value === null) return null;
  const seconds = Number(value);
  return Number.isFinite(seconds) ? seconds : null;
}

/** The one place where an answer is opened: the data, or an ApiError. */
export async function unwrap<T>(response: Response): Promise<T> {
  const requestId = response.headers.get("X-Request-Id");
  if (response.status === 204) return undefined as T;

  let body: Partial<Envelope<T>> | null = null;
  try {
    body = (await response.json()) as Partial<Envelope<T>>;
  } catch {
    body = null;
  }

  if (body !== null && typeof body === "object" && "success" in body) {
    if (body.success === true && response.ok) return body.data as T;
    const error = body.error;
    throw new ApiError(
      error?.code ?? `HTTP_${response.status}`,
      error?.message ?? `The server answered ${response.status}.`,
      response.status,
      error?.details ?? [],
      body.meta?.requestId ?? requestId,
      retryAfter(response),
    );
  }

  throw new ApiError(
    `HTTP_${response.status}`,
    response.ok ? "The answer was not in the expected form." : `The server answered ${response.status} without saying why.`,
    response.status,
    [],
    requestId,
    retryAfter(response),
  );
}
