import type { Session, User } from "./types";

export type SessionState =
  | { status: "unknown"; user: null }
  | { status: "signedOut"; user: null; ended?: boolean }
  | { status: "signedIn"; user: User };

let state: SessionState = { status: "unknown", user: null };
let accessToken: string | null = null;
const listeners = new Set<() => void>();

function change(next: SessionState) {
  state = next;
  for (const listener of listeners) listener();
}

/** The access token lives here and nowhere else: never in storage, never in a URL. */
export const session = {
  get state(): SessionState {
    return state;
  },
  get token(): string | null {
    return accessToken;
  },
  begin(granted: Session) {
    accessToken = granted.accessToken;
    change({ status: "signedIn", user: granted.user });
  },
  /** `ended`: it was a session and the server no longer accepts it. */
  end(ended = false) {
    accessToken = null;
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
