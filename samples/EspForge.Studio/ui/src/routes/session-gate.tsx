import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { refresh } from "@/api/client";
import { bootstrap } from "@/api/queries";
import { maybeSignedIn, session } from "@/api/session";
import { ErrorPanel } from "@/components/page";
import { LoginPage } from "@/features/accounts/login-page";
import { SetupPage } from "@/features/accounts/setup-page";
import { AppFrame } from "@/frame/app-frame";
import { Mark } from "@/frame/top-bar";
import { useSession } from "@/lib/hooks";

/** A session from the cookie, else the first-visit set-up, else the login; the address stays what it is. */
export function SessionGate() {
  const state = useSession();
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const unknown = state.status === "unknown";

  useEffect(() => {
    if (!unknown) return;
    if (!maybeSignedIn()) {
      session.end();
      return;
    }
    let current = true;
    setFailure(null);
    refresh().catch((error: unknown) => {
      if (current) setFailure(error);
    });
    return () => {
      current = false;
    };
  }, [unknown, attempt]);

  if (state.status === "signedIn") return <AppFrame />;
  if (state.status === "signedOut") return <SignedOut ended={state.ended === true} />;
  return (
    <main className="flex h-dvh flex-col items-center justify-center gap-4 p-6">
      {failure === null ? (
        <div role="status" aria-label="Loading EspForge Studio">
          <Mark className="shimmer size-10" />
        </div>
      ) : (
        <ErrorPanel error={failure} retry={() => setAttempt(attempt + 1)} className="w-full max-w-md" />
      )}
    </main>
  );
}

function SignedOut({ ended }: { ended: boolean }) {
  const query = useQuery(bootstrap());
  if (query.isLoadingError) {
    return (
      <main className="flex h-dvh items-center justify-center p-6">
        <ErrorPanel error={query.error} retry={() => void query.refetch()} className="w-full max-w-md" />
      </main>
    );
  }
  if (query.isPending) return <main className="h-dvh" aria-busy="true" aria-label="Loading" />;
  return query.data.needsAdministrator ? <SetupPage bootstrap={query.data} /> : <LoginPage version={query.data.version} ended={ended} />;
}
