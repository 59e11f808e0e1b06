/** JSON-RPC 2.0, one message a frame: requests with answers, notifications, both ways. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export interface RpcHandlers {
  onNotification: (method: string, params: unknown) => void;
  /** The result, or undefined for a method that is not known. */
  onRequest: (method: string, params: unknown) => { result: unknown } | undefined;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  stop: () => void;
}

const METHOD_NOT_FOUND = -32601;
/** A server that says nothing for so long has lost the request. */
const PATIENCE_MS = 20_000;
const MOST_WAITING = 200;

type Id = number | string;
interface Incoming {
  id?: Id | null;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code?: number; message?: string };
}

export class RpcPeer {
  private next = 1;
  private readonly waiting = new Map<Id, Waiting>();
  private closed: Error | null = null;

  constructor(
    private readonly write: (frame: string) => void,
    private readonly handlers: RpcHandlers,
  ) {}

  private send(message: object) {
    this.write(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  notify(method: string, params: unknown) {
    if (this.closed === null) this.send({ method, params });
  }

  request<T>(method: string, params: unknown, signal?: AbortSignal): Promise<T> {
    if (this.closed !== null) return Promise.reject(this.closed);
    if (signal?.aborted) return Promise.reject(new RpcError(-32800, "Cancelled."));
    if (this.waiting.size >= MOST_WAITING) return Promise.reject(new RpcError(-32000, "Too many requests wait for an answer."));
    const id = this.next++;
    return new Promise<T>((resolve, reject) => {
      const give = (error: RpcError) => {
        if (!this.waiting.has(id)) return;
        this.end(id)?.reject(error);
        this.notify("$/cancelRequest", { id });
      };
      const onAbort = () => give(new RpcError(-32800, "Cancelled."));
      const timer = setTimeout(() => give(new RpcError(-32000, `${method} was not answered in time.`)), PATIENCE_MS);
      signal?.addEventListener("abort", onAbort);
      this.waiting.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        stop: () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
        },
      });
      this.send({ id, method, params });
    });
  }

  private end(id: Id): Waiting | undefined {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    one?.stop();
    return one;
  }

  /** A frame that is no message is left out: the connection goes on. */
  receive(frame: string) {
    let message: Incoming;
    try {
      const parsed: unknown = JSON.parse(frame);
      if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return;
      message = parsed;
    } catch {
      return;
    }
    if (typeof message.method === "string") {
      if (message.id === undefined || message.id === null) return this.handlers.onNotification(message.method, message.params);
      const answer = this.handlers.onRequest(message.method, message.params);
      if (answer) this.send({ id: message.id, result: answer.result ?? null });
      else this.send({ id: message.id, error: { code: METHOD_NOT_FOUND, message: `${message.method} is not known here.` } });
      return;
    }
    if (message.id === undefined || message.id === null) return;
    const one = this.end(message.id);
    if (message.error) one?.reject(new RpcError(message.error.code ?? -32603, message.error.message ?? "The server gave no reason."));
    else one?.resolve(message.result);
  }

  close(reason: string) {
    this.closed = new RpcError(-32000, reason);
    for (const id of [...this.waiting.keys()]) this.end(id)?.reject(this.closed);
  }
}
