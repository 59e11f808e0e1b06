import type { Candidate, PinCost } from "@/api/types";

const LEVELS: { key: keyof PinCost; word: string }[] = [
  { key: "moved", word: "moved" },
  { key: "risk", word: "risk" },
  { key: "matrix", word: "matrix" },
  { key: "neighbourhood", word: "header" },
];

/** The first level that differs is the one that decides: the same order as the solver's. */
export function costDifference(cost: PinCost, now: PinCost): { better: number; text: string } {
  for (const { key, word } of LEVELS) {
    const by = cost[key] - now[key];
    if (by !== 0) return { better: Math.sign(-by), text: `${word} ${by > 0 ? "+" : "−"}${Math.abs(by)}` };
  }
  return { better: 0, text: "as good" };
}

/** What stands beside a pin that could carry a use: the difference to where it is, or to the best one. */
export function candidateText(candidate: Candidate, best: Candidate): string {
  const against = candidate.now ?? best.cost;
  return candidate.now === null && candidate.gpio === best.gpio ? "best" : costDifference(candidate.cost, against).text;
}
