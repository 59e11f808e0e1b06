import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { build, device, project, release, rollout } from "@/api/queries";
import { NAVIGATION } from "@/frame/navigation";
import { cn } from "@/lib/cn";

/** Where this page is; an id is replaced by the name as soon as it is known. */
export function Breadcrumb() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [section = "", id = ""] = path.split("/").filter(Boolean).map(decodeURIComponent);
  const item = NAVIGATION.find((entry) => entry.to === `/${section}`);
  useTitle(id === "" ? (item?.word ?? null) : null);
  if (!item) return <span className="min-w-0 flex-1" />;
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-1.5 text-sm">
        <li className={cn("flex items-center gap-1.5", id === "" ? "min-w-0" : "shrink-0")}>
          <span aria-hidden className="text-muted-foreground max-sm:hidden">
            /
          </span>
          {id === "" ? (
            <span aria-current="page" className="truncate font-medium">
              {item.word}
            </span>
          ) : (
            <Link to={item.to} className="text-muted-foreground hover:text-foreground pointer-coarse:inline-flex pointer-coarse:h-10 pointer-coarse:items-center">
              {item.word}
            </Link>
          )}
        </li>
        {id !== "" && (
          <li className="flex min-w-0 items-center gap-1.5">
            <span aria-hidden className="text-muted-foreground">
              /
            </span>
            <Name section={section} id={id} />
          </li>
        )}
      </ol>
    </nav>
  );
}

function Name({ section, id }: { section: string; id: string }) {
  const on = (noun: string) => section === noun && id !== "new";
  const projectName = useQuery({ ...project(id), enabled: on("projects") }).data?.name;
  const builtVersion = useQuery({ ...build(id), enabled: on("builds"), refetchInterval: false }).data;
  const released = useQuery({ ...release(id), enabled: on("releases") }).data;
  const rolloutName = useQuery({ ...rollout(id), enabled: on("rollouts"), refetchInterval: false }).data?.name;
  const found = useQuery({ ...device(id), enabled: on("devices") }).data;
  const name =
    id === "new"
      ? "New"
      : (projectName ??
        (builtVersion ? `${builtVersion.projectName} ${builtVersion.version}` : null) ??
        (released ? `${released.product} ${released.version}` : null) ??
        rolloutName ??
        found?.name ??
        id);
  useTitle(name);
  return (
    <span aria-current="page" title={name} className="truncate font-medium">
      {name}
    </span>
  );
}

function useTitle(title: string | null) {
  useEffect(() => {
    if (title !== null) document.title = `${title} · EspForge Studio`;
  }, [title]);
}
