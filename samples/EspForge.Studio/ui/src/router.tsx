import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Empty, ErrorPanel, Page } from "@/components/page";
import { Button } from "@/components/ui/button";
import { SessionGate } from "@/routes/session-gate";
import { searchText, tableSearch, type TableSearch } from "@/lib/table-search";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: SessionGate,
  notFoundComponent: () => (
    <Page>
      <Empty
        alone
        icon={Compass}
        title="There is no such page"
        action={
          <Button asChild>
            <Link to="/">Go to the dashboard</Link>
          </Button>
        }
      >
        The address may be mistyped, or the page was moved.
      </Empty>
    </Page>
  ),
  errorComponent: ({ error, reset }) => (
    <Page>
      <ErrorPanel error={error} retry={reset} />
    </Page>
  ),
});

const flag = (value: unknown): true | undefined => (value === true || value === "true" ? true : undefined);
const oneOf = <const T extends string>(value: unknown, choices: readonly T[]): T | undefined => choices.find((choice) => choice === value);

const natural = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number < 10_000_000 ? number : undefined;
};

const dashboard = createRoute({ getParentRoute: () => root, path: "/", component: lazyRouteComponent(() => import("@/features/dashboard/dashboard-page"), "DashboardPage") });

const projectList = createRoute({
  getParentRoute: () => root,
  path: "/projects",
  validateSearch: (input: Record<string, unknown>): TableSearch & { new?: true; import?: true } => ({ ...tableSearch(input), new: flag(input["new"]), import: flag(input["import"]) }),
  component: lazyRouteComponent(() => import("@/features/projects/projects-list"), "ProjectsList"),
});
const projectPage = createRoute({
  getParentRoute: () => root,
  path: "/projects/$projectId",
  validateSearch: (input: Record<string, unknown>): { tab?: "pins" | "builds"; file?: string; line?: number; column?: number } => ({
    tab: oneOf(input["tab"], ["pins", "builds"]),
    file: searchText(input, "file"),
    line: natural(input["line"]),
    column: natural(input["column"]),
  }),
  component: lazyRouteComponent(() => import("@/routes/project"), "ProjectRoute"),
});
const pins = createRoute({
  getParentRoute: () => root,
  path: "/pins",
  validateSearch: (input: Record<string, unknown>): { board?: string } => ({ board: searchText(input, "board") }),
  component: lazyRouteComponent(() => import("@/features/pins/pins-page"), "PinsPage"),
});
const buildList = createRoute({
  getParentRoute: () => root,
  path: "/builds",
  validateSearch: (input: Record<string, unknown>): TableSearch & { state?: string } => ({ ...tableSearch(input), state: searchText(input, "state") }),
  component: lazyRouteComponent(() => import("@/features/builds/builds-list"), "BuildsList"),
});
const buildPage = createRoute({
  getParentRoute: () => root,
  path: "/builds/$buildId",
  component: lazyRouteComponent(() => import("@/routes/build"), "BuildRoute"),
});
const releaseList = createRoute({
  getParentRoute: () => root,
  path: "/releases",
  validateSearch: (input: Record<string, unknown>): TableSearch & { image?: string; new?: true } => ({
    ...tableSearch(input),
    image: searchText(input, "image"),
    new: flag(input["new"]),
  }),
  component: lazyRouteComponent(() => import("@/features/releases/releases-list"), "ReleasesList"),
});
const releasePage = createRoute({
  getParentRoute: () => root,
  path: "/releases/$releaseId",
  component: lazyRouteComponent(() => import("@/features/releases/release-page"), "ReleasePage"),
});
const rolloutList = createRoute({
  getParentRoute: () => root,
  path: "/rollouts",
  validateSearch: (input: Record<string, unknown>): TableSearch & { state?: string } => ({ ...tableSearch(input), state: searchText(input, "state") }),
  component: lazyRouteComponent(() => import("@/features/rollouts/rollouts-list"), "RolloutsList"),
});
const rolloutNew = createRoute({
  getParentRoute: () => root,
  path: "/rollouts/new",
  validateSearch: (input: Record<string, unknown>): { release?: string } => ({ release: searchText(input, "release") }),
  component: lazyRouteComponent(() => import("@/features/rollouts/rollout-new"), "RolloutNew"),
});
const rolloutPage = createRoute({
  getParentRoute: () => root,
  path: "/rollouts/$rolloutId",
  validateSearch: (input: Record<string, unknown>): { wall?: true } => ({ wall: flag(input["wall"]) }),
  component: lazyRouteComponent(() => import("@/features/rollouts/rollout-page"), "RolloutPage"),
});
const deviceList = createRoute({
  getParentRoute: () => root,
  path: "/devices",
  validateSearch: (
    input: Record<string, unknown>,
  ): TableSearch & { product?: string; online?: "yes" | "no"; dialog?: "claim" | "virtual" | "register" } => ({
    ...tableSearch(input),
    product: searchText(input, "product"),
    online: oneOf(input["online"], ["yes", "no"]),
    dialog: oneOf(input["dialog"], ["claim", "virtual", "register"]),
  }),
  component: lazyRouteComponent(() => import("@/features/devices/devices-list"), "DevicesList"),
});
const devicePage = createRoute({
  getParentRoute: () => root,
  path: "/devices/$deviceId",
  validateSearch: (input: Record<string, unknown>): { minutes?: number } => {
    const minutes = Number(input["minutes"]);
    return { minutes: [10, 30, 180, 1440].includes(minutes) ? minutes : undefined };
  },
  component: lazyRouteComponent(() => import("@/features/devices/device-page"), "DevicePage"),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: (input: Record<string, unknown>): TableSearch & { action?: string } => ({ ...tableSearch(input), action: searchText(input, "action") }),
  component: lazyRouteComponent(() => import("@/features/audit/audit-list"), "AuditList"),
});
const SETTINGS_TABS = ["account", "users", "api-keys", "toolchains", "fleet", "system"] as const;
type SettingsTab = (typeof SETTINGS_TABS)[number];
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: (input: Record<string, unknown>): TableSearch & { tab?: SettingsTab } => ({
    ...tableSearch(input),
    tab: oneOf(input["tab"], SETTINGS_TABS),
  }),
  component: lazyRouteComponent(() => import("@/features/settings/settings-page"), "SettingsPage"),
});

const tree = root.addChildren([
  dashboard,
  projectList,
  projectPage,
  pins,
  buildList,
  buildPage,
  releaseList,
  releasePage,
  rolloutList,
  rolloutNew,
  rolloutPage,
  deviceList,
  devicePage,
  audit,
  settings,
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({ routeTree: tree, context: { queryClient }, defaultPreload: "intent", scrollRestoration: false });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
