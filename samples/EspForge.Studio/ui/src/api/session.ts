import type { Session, User } from "./types";

export type SessionState =
  | { status: "unknown"; user: null }
  | { status: "signedOut"; user: null; ended?: boolean }
  | { status: "signedIn"; user: User };

let state: SessionState = { status: "unknown", user: null };
let accessToken: string | null = null;
let expiresAt = 0;
/** A token that ends on its way is as good as none. */
const MARGIN_MS = 5_000;
const listeners = new Set<() => void>();

function change(next: SessionState) {
  state = next;
  for (const listener of listeners) listener();
}

const HINT = "espforge.session";

/** Whether this browser may hold a session's cookie. It says nothing else; it spares a first visitor a request that must fail. */
function keepHint(present: boolean) {
  try {
    if (present) localStorage.setItem(HINT, "1");
    else localStorage.removeItem(HINT);
  } catch {
    // Without storage every visit asks.
  }
}

export function maybeSignedIn(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
}

/** The access token lives here and nowhere else: never in storage, never in a URL. */
export const session = {
  get state(): SessionState {
    return state;
  },
  get token(): string | null {
    return accessToken;
  },
  /** Whether the token, by this machine's clock, is still good. */
  get isFresh(): boolean {
    return accessToken !== null && Date.now() < expiresAt - MARGIN_MS;
  },
  begin(granted: Session) {
    accessToken = granted.accessToken;
    expiresAt = Date.now() + granted.expiresInSeconds * 1000;
    keepHint(true);
    change({ status: "signedIn", user: granted.user });
  },
  /** `ended`: it was a session and the server no longer accepts it. */
  end(ended = false) {
    accessToken = null;
    keepHint(false);
    change({ status: "signedOut", user: null, ended });
  },
  updateUser(user: User) {
    if (state.status === "signedIn") change({ status: "signedIn", user });
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
