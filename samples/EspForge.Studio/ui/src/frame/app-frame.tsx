import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { followChanges, useLiveState } from "@/api/events";
import { BottomBar, Rail } from "@/frame/rail";
import { TopBar } from "@/frame/top-bar";
import { useUser } from "@/lib/hooks";

export function AppFrame() {
  const client = useQueryClient();
  const user = useUser();
  const userId = user.id;
  useEffect(() => followChanges(client), [client, userId]);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const wall = useRouterState({ select: (state) => "wall" in state.location.search && state.location.search.wall === true });
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    main.current?.scrollTo({ top: 0 });
  }, [path]);

  if (wall) {
    return (
      <>
        <ConnectionBanner />
        <main id="main" className="h-dvh overflow-y-auto">
          <Outlet />
        </main>
      </>
    );
  }
  return (
    <div className="flex h-dvh flex-col">
      <a href="#main" className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        Skip to the page
      </a>
      <TopBar />
      <ConnectionBanner />
      <div className="flex min-h-0 flex-1">
        <Rail />
        <main id="main" ref={main} tabIndex={-1} className="min-w-0 flex-1 overflow-y-auto outline-none max-md:pb-16">
          <Outlet />
        </main>
      </div>
      <BottomBar />
    </div>
  );
}

/** Said at once, gone by itself. */
function ConnectionBanner() {
  const live = useLiveState();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (live !== "reconnecting") {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), 2_500);
    return () => clearTimeout(timer);
  }, [live]);
  if (!shown) return null;
  return (
    <p role="status" className="overlay-in fixed bottom-4 left-1/2 z-30 w-max max-w-[calc(100vw-24px)] -translate-x-1/2 rounded-md border border-warning/60 bg-popover px-4 py-2 text-center text-sm shadow-overlay max-md:bottom-17">
      <span aria-hidden className="mr-2 text-warning">
        ▲
      </span>
      Connection lost. What you see may be old; rollouts and devices go on. Reconnecting by itself …
    </p>
  );
}
