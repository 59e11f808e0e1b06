import { Activity, Cpu, Gauge, Hammer, History, Package, Router, Settings, SquareTerminal, type LucideIcon } from "lucide-react";
import type { Permission } from "@/api/types";

export interface NavigationItem {
  to: "/" | "/projects" | "/pins" | "/builds" | "/releases" | "/rollouts" | "/devices" | "/audit" | "/settings";
  word: string;
  icon: LucideIcon;
  needs?: Permission;
  /** On a phone's bottom bar; the others are under “More”. */
  phone?: boolean;
}

/** In the order of the main job: board and code, build, release, fleet. */
export const NAVIGATION: NavigationItem[] = [
  { to: "/", word: "Dashboard", icon: Gauge, phone: true },
  { to: "/projects", word: "Projects", icon: SquareTerminal, needs: "projects.read", phone: true },
  { to: "/pins", word: "Pins", icon: Cpu, needs: "pins.check" },
  { to: "/builds", word: "Builds", icon: Hammer, needs: "builds.read" },
  { to: "/releases", word: "Releases", icon: Package, needs: "releases.read" },
  { to: "/rollouts", word: "Rollouts", icon: Activity, needs: "rollouts.read", phone: true },
  { to: "/devices", word: "Devices", icon: Router, needs: "devices.read", phone: true },
  { to: "/audit", word: "Audit", icon: History, needs: "audit.read" },
  { to: "/settings", word: "Settings", icon: Settings },
];
