import { useCallback, useRef, useState } from "react";
import { cn } from "@/lib/cn";

/** A size that a person chose, kept in this browser. */
export function useKeptSize(key: string, initial: number): [number, (size: number) => void] {
  const [size, setSize] = useState(() => {
    try {
      const value = Number(localStorage.getItem(key));
      return Number.isFinite(value) && value > 0 ? value : initial;
    } catch {
      return initial;
    }
  });
  const keep = useCallback(
    (next: number) => {
      setSize(next);
      try {
        localStorage.setItem(key, String(next));
      } catch {
        // Kept for this page only.
      }
    },
    [key],
  );
  return [size, keep];
}

interface SplitterProps {
  label: string;
  /** `vertical` stands between left and right. */
  orientation: "vertical" | "horizontal";
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
  /** The panel lies after the line: it grows when the line goes back. */
  after?: boolean;
  className?: string;
}

const STEP = 24;

/** The line between two panels: dragged, or moved with the arrows. */
export function Splitter({ label, orientation, value, min, max, onChange, after = false, className }: SplitterProps) {
  const from = useRef<{ at: number; value: number } | null>(null);
  const upright = orientation === "vertical";
  const clamp = (next: number) => Math.round(Math.min(max, Math.max(min, next)));
  return (
    <div
      role="separator"
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={cn("relative z-10 shrink-0 touch-none bg-border hover:bg-muted-foreground focus-visible:bg-ring focus-visible:outline-0", upright ? "w-px cursor-col-resize after:absolute after:inset-y-0 after:-inset-x-1" : "h-px cursor-row-resize after:absolute after:inset-x-0 after:-inset-y-1", className)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { at: upright ? event.clientX : event.clientY, value };
      }}
      onPointerMove={(event) => {
        if (!from.current) return;
        const moved = (upright ? event.clientX : event.clientY) - from.current.at;
        onChange(clamp(from.current.value + (after ? -moved : moved)));
      }}
      onPointerUp={() => {
        from.current = null;
      }}
      onKeyDown={(event) => {
        const forward = upright ? "ArrowRight" : "ArrowDown";
        const back = upright ? "ArrowLeft" : "ArrowUp";
        const sign = event.key === forward ? 1 : event.key === back ? -1 : 0;
        if (sign !== 0) onChange(clamp(value + (after ? -sign : sign) * STEP));
        else if (event.key === "Home") onChange(min);
        else if (event.key === "End") onChange(max);
        else return;
        event.preventDefault();
      }}
    />
  );
}
