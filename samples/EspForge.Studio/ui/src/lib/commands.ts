import type { LucideIcon } from "lucide-react";
import { useEffect, useRef, useSyncExternalStore } from "react";

/** Something the page on the screen can do: it stands in the command palette and in the list of shortcuts. */
export interface Command {
  id: string;
  label: string;
  icon: LucideIcon;
  /** As people write it, "Ctrl Shift F". */
  keys?: string;
  run: () => void;
}

let registered: readonly Command[] = [];
const listeners = new Set<() => void>();
const sets = new Map<object, Command[]>();

function publish() {
  registered = [...sets.values()].flat();
  for (const listener of listeners) listener();
}

const MODIFIERS = ["ctrl", "shift", "alt"];

/** "Ctrl Shift F" of a key event, as far as it is a shortcut. On a Mac the command key counts as Ctrl. */
export function keysOf(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  // Alt makes other letters on some keyboards; the place of the key says which one was meant.
  const letter = event.altKey && /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : event.key;
  const parts = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey && (letter.length > 1 || /[a-z]/i.test(letter)) ? "Shift" : "", letter.length === 1 ? letter.toUpperCase() : letter];
  return parts.filter(Boolean).join(" ");
}

export function sameKeys(a: string, b: string): boolean {
  const order = (keys: string) => {
    const parts = keys.toLowerCase().split(" ");
    return [...MODIFIERS.filter((one) => parts.includes(one)), ...parts.filter((one) => !MODIFIERS.includes(one))].join(" ");
  };
  return order(a) === order(b);
}

/** Registers while the component is there, and listens for the keys before the editor does. */
export function useCommands(commands: Command[]) {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = commands.map((command) => `${command.id} ${command.label} ${command.keys ?? ""}`).join("\n");
  useEffect(() => {
    const key = {};
    sets.set(
      key,
      latest.current.map((command) => ({ ...command, run: () => latest.current.find((one) => one.id === command.id)?.run() })),
    );
    publish();
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.defaultPrevented) return;
      const pressed = keysOf(event);
      const command = latest.current.find((one) => one.keys !== undefined && sameKeys(one.keys, pressed));
      if (!command || document.querySelector("[role=dialog][data-state=open], [role=menu][data-state=open]")) return;
      event.preventDefault();
      event.stopPropagation();
      command.run();
    };
    window.addEventListener("keydown", onKey, true);
    return () => {
      window.removeEventListener("keydown", onKey, true);
      sets.delete(key);
      publish();
    };
  }, [shape]);
}

export function useRegisteredCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
  );
}
