import type { LinkProps } from "@tanstack/react-router";
import type { Build, Device, Project, Release, RolloutSummary } from "@/api/types";

export interface Step {
  title: string;
  why: string;
  action: string;
  /** The action where its title is not beside it. */
  alone: string;
  link: LinkProps;
  done: boolean;
  allowed: boolean;
}

interface Known {
  projects: Project[];
  builds: Build[];
  releases: Release[];
  rollouts: RolloutSummary[];
  devices: Device[];
}

/** The main job as a list, each step ticked off by what exists; before it, whatever waits for a person. */
export function nextSteps(known: Known, can: (permission: string) => boolean): { all: Step[]; now: Step | undefined } {
  const { projects, builds, releases, rollouts, devices } = known;
  const urgent: Step[] = rollouts
    .filter((rollout) => rollout.state === "paused")
    .slice(0, 3)
    .map((rollout) => ({
      title: `${rollout.name} is paused`,
      why: rollout.reason ?? "A person paused it.",
      action: "Decide",
      alone: `Decide on ${rollout.name}`,
      link: { to: "/rollouts/$rolloutId", params: { rolloutId: rollout.id }, search: {} },
      done: false,
      allowed: true,
    }));

  const project = projects[0];
  const released = new Set(releases.map((release) => release.image.sha256));
  const unreleased = builds.find((build) => build.state === "succeeded" && build.image !== null && !released.has(build.image.sha256));
  const rolled = new Set(rollouts.map((rollout) => rollout.releaseId));
  const unrolled = releases.find((release) => !rolled.has(release.id));

  const main: Step[] = [
    {
      title: "Make a project",
      why: "Pick a board and a template; both can be changed.",
      action: "New project",
      alone: "New project",
      link: { to: "/projects", search: { new: true } },
      done: projects.length > 0,
      allowed: can("projects.write"),
    },
    {
      title: "Build an image",
      why: "The pins are checked first, then the code is compiled.",
      action: "Open",
      alone: "Build an image",
      link: project ? { to: "/projects/$projectId", params: { projectId: project.id }, search: {} } : { to: "/projects", search: {} },
      done: builds.some((build) => build.state === "succeeded"),
      allowed: can("builds.run"),
    },
    {
      title: releases.length > 0 && unreleased ? `Release ${unreleased.projectName} ${unreleased.version}` : "Sign a release",
      why: "A release is an image with a signed manifest; devices take nothing else.",
      action: "Release",
      alone: unreleased ? `Release ${unreleased.version}` : "Sign a release",
      link: unreleased ? { to: "/releases", search: { image: unreleased.image?.sha256, new: true } } : { to: "/releases", search: {} },
      done: releases.length > 0 && !unreleased,
      allowed: can("releases.create"),
    },
    {
      title: "Bring in devices",
      why: "Claim one by its 6-digit code, or run virtual ones here.",
      action: "Add",
      alone: "Add devices",
      link: { to: "/devices", search: { dialog: "virtual" } },
      done: devices.length > 0,
      allowed: can("fleet.manage"),
    },
    {
      title: rollouts.length > 0 && unrolled ? `Roll out ${unrolled.product} ${unrolled.version}` : "Roll it out in stages",
      why: "5, 20, 50, 100%: each stage must prove itself before the next.",
      action: "Roll out",
      alone: unrolled ? `Roll out ${unrolled.version}` : "Roll out",
      link: unrolled ? { to: "/rollouts/new", search: { release: unrolled.id } } : { to: "/rollouts/new", search: {} },
      done: rollouts.length > 0 && !unrolled,
      allowed: can("rollouts.manage"),
    },
  ];
  const all = [...urgent, ...main];
  return { all, now: all.find((step) => !step.done && step.allowed) };
}
