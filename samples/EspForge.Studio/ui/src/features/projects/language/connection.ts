import { refresh, url } from "@/api/client";
import { backoffMs } from "@/api/event-stream";
import { session } from "@/api/session";
import { RpcPeer } from "@/features/projects/language/json-rpc";
import { CAPABILITIES, type LspDiagnostic } from "@/features/projects/language/protocol";
import { closeMeaning, setLanguageState } from "@/features/projects/language/state";

const PROTOCOL = "espforge.lsp.v1";

export interface Connected {
  peer: RpcPeer;
  rootUri: string;
  server: string;
  triggers: { completion: string[]; signature: string[] };
}

interface ConnectionHandlers {
  onReady: (connected: Connected) => void;
  onGone: () => void;
  onDiagnostics: (uri: string, list: LspDiagnostic[]) => void;
}

interface Initialized {
  capabilities: { completionProvider?: { triggerCharacters?: string[] }; signatureHelpProvider?: { triggerCharacters?: string[] } };
}

/** One project's language server, over a WebSocket; lost, it is made again with patience and a fresh token. */
export class LanguageConnection {
  private socket: WebSocket | null = null;
  private peer: RpcPeer | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private attempt = 0;
  private over = false;
  private resting = false;

  constructor(
    private readonly projectId: string,
    private readonly handlers: ConnectionHandlers,
  ) {}

  open() {
    this.over = false;
    this.attempt = 0;
    void this.connect(false);
  }

  /** At once, when a person asks for it. */
  retry() {
    if (this.socket !== null || this.over) return;
    this.stopTimer();
    this.open();
  }

  /** Somebody types: a server that was let go for want of work comes back. */
  wake() {
    if (this.resting) this.retry();
  }

  close() {
    this.over = true;
    this.stopTimer();
    const socket = this.socket;
    this.drop("The project was closed.");
    socket?.close(1000, "closed");
    setLanguageState(this.projectId, { kind: "off" });
  }

  private stopTimer() {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private drop(reason: string) {
    const had = this.peer;
    this.socket = null;
    this.peer = null;
    had?.close(reason);
    if (had) this.handlers.onGone();
  }

  private async connect(renew: boolean) {
    this.resting = false;
    setLanguageState(this.projectId, { kind: "connecting" });
    try {
      // A browser does not say why a handshake was refused; an old token is the usual reason, so one that is known to be old is not tried.
      if ((renew || !session.isFresh) && !(await refresh())) return setLanguageState(this.projectId, { kind: "off" });
    } catch {
      return this.later("The server cannot be reached.", false);
    }
    if (this.over) return;
    const address = new URL(url(`projects/${this.projectId}/language`), window.location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address, [PROTOCOL, `bearer.${session.token ?? ""}`]);
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket !== this.socket || typeof event.data !== "string") return;
      if (this.peer) this.peer.receive(event.data);
      else void this.greet(socket, event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      this.drop("The connection was lost.");
      if (this.over) return;
      const { state, again } = closeMeaning(event.code, event.reason);
      if (again) this.later(state.reason, !opened || event.code === 4401 || event.code === 1008);
      else {
        this.resting = state.kind === "idle";
        setLanguageState(this.projectId, state);
      }
    };
  }

  private later(reason: string, renew: boolean) {
    if (this.over) return;
    setLanguageState(this.projectId, { kind: "lost", reason });
    this.timer = setTimeout(() => void this.connect(renew), backoffMs(this.attempt++));
  }

  /** The first frame says where the project lies for the server; then the two introduce themselves. */
  private async greet(socket: WebSocket, frame: string) {
    let hello: { rootUri?: unknown; server?: unknown } | undefined;
    try {
      hello = (JSON.parse(frame) as { espforge?: typeof hello }).espforge;
    } catch {
      hello = undefined;
    }
    if (typeof hello?.rootUri !== "string") return socket.close(1002, "The first frame is not what it should be.");
    const { rootUri } = hello;
    const server = typeof hello.server === "string" ? hello.server : "language server";
    const peer = new RpcPeer((text) => socket.readyState === WebSocket.OPEN && socket.send(text), {
      onNotification: (method, params) => {
        if (method !== "textDocument/publishDiagnostics") return;
        const { uri, diagnostics } = params as { uri?: string; diagnostics?: LspDiagnostic[] };
        if (typeof uri === "string" && Array.isArray(diagnostics)) this.handlers.onDiagnostics(uri, diagnostics);
      },
      onRequest: (method) => (method === "window/workDoneProgress/create" || method === "client/registerCapability" ? { result: null } : undefined),
    });
    this.peer = peer;
    setLanguageState(this.projectId, { kind: "starting", server });
    try {
      const { capabilities } = await peer.request<Initialized>("initialize", { processId: null, clientInfo: { name: "EspForge Studio" }, rootUri, capabilities: CAPABILITIES });
      if (socket !== this.socket) return;
      peer.notify("initialized", {});
      this.attempt = 0;
      setLanguageState(this.projectId, { kind: "ready", server });
      this.handlers.onReady({ peer, rootUri, server, triggers: { completion: capabilities.completionProvider?.triggerCharacters ?? [".", ">", ":"], signature: capabilities.signatureHelpProvider?.triggerCharacters ?? ["(", ","] } });
    } catch {
      if (socket === this.socket) socket.close(1002, "The language server did not introduce itself.");
    }
  }
}
