import { useSyncExternalStore } from "react";

export type Theme = "dark" | "light" | "system";
const KEY = "espforge.theme";
const listeners = new Set<() => void>();
const prefersLight = () => window.matchMedia("(prefers-color-scheme: light)");

/** Dark unless the person, or their system, asks for light. */
function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "dark" || value === "light" ? value : "system";
  } catch {
    return "system";
  }
}

let theme: Theme = stored();

export function resolvedTheme(): "dark" | "light" {
  if (theme !== "system") return theme;
  return prefersLight().matches ? "light" : "dark";
}

function apply() {
  document.documentElement.classList.toggle("dark", resolvedTheme() === "dark");
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", resolvedTheme() === "dark" ? "#0d1015" : "#f9fafb");
  for (const listener of listeners) listener();
}

export function startTheme() {
  prefersLight().addEventListener("change", apply);
  apply();
}

export function setTheme(next: Theme) {
  theme = next;
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  apply();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useTheme = () => useSyncExternalStore(subscribe, () => theme);
export const useResolvedTheme = () => useSyncExternalStore(subscribe, resolvedTheme);
