import type { Build, BuildMemory } from "@/api/types";
import { bytes, percent } from "@/lib/format";

export interface MemoryBar {
  id: "flash" | "ram" | "slot";
  label: string;
  /** Against what. */
  of: string;
  used: number;
  total: number;
  share: number;
  /** Full is failed; from 90 % on there is little left for the next version. */
  level: "good" | "tight" | "over";
  /** "412 KiB of 1.9 MiB, 21.3%", for those who do not see the bar. */
  words: string;
}

const TIGHT = 0.9;

function bar(id: MemoryBar["id"], label: string, of: string, used: number | null | undefined, total: number | null | undefined): MemoryBar | null {
  if (used === null || used === undefined || total === null || total === undefined || total <= 0 || used < 0) return null;
  const share = used / total;
  return { id, label, of, used, total, share, level: share > 1 ? "over" : share >= TIGHT ? "tight" : "good", words: `${bytes(used)} of ${bytes(total)}, ${percent(share)}` };
}

/** What is known, and nothing else: a bar needs both its figures. */
export function memoryBars(memory: BuildMemory | null, imageBytes: number | null): MemoryBar[] {
  if (memory === null) return [];
  return [
    bar("flash", "Flash", "for the application", memory.flashUsedBytes, memory.flashTotalBytes),
    bar("ram", "RAM", "of the board", memory.ramUsedBytes, memory.ramTotalBytes),
    bar("slot", "Image", "of the OTA slot", imageBytes ?? memory.flashUsedBytes, memory.slotBytes),
  ].filter((one) => one !== null);
}

export interface SizeChange {
  bytes: number;
  share: number;
  /** "+1.5 KiB, +0.5%", "the same size". */
  words: string;
}

export function sizeChange(build: Pick<Build, "image" | "previous">): SizeChange | null {
  if (!build.image || !build.previous) return null;
  const change = build.image.sizeBytes - build.previous.sizeBytes;
  const share = build.previous.sizeBytes === 0 ? 0 : change / build.previous.sizeBytes;
  const sign = change > 0 ? "+" : "−";
  return { bytes: change, share, words: change === 0 ? "the same size" : `${sign}${bytes(Math.abs(change))}, ${sign}${percent(Math.abs(share))}` };
}

/** As flashing tools write an offset. */
export const offset = (value: number) => `0x${value.toString(16)}`;

/** The command that writes the parts to a board by cable. */
export function flashCommand(chip: string, parts: Build["flashParts"], fileName: (name: string) => string): string {
  return [`esptool --chip ${chip} write_flash`, ...[...parts].sort((a, b) => a.offsetBytes - b.offsetBytes).map((part) => `  ${offset(part.offsetBytes)} ${fileName(part.name)}`)].join(" \\\n");
}
