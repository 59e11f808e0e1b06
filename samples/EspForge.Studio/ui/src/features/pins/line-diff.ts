export interface DiffLine {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Line diff by longest common subsequence; headers are short, so the plain table does. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const b = after === "" ? [] : after.replace(/\n$/, "").split("\n");
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = a[i] === b[j] ? (common[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i];
    const y = b[j];
    if (x !== undefined && y !== undefined && x === y) {
      lines.push({ kind: "same", text: x });
      i++;
      j++;
    } else if (y !== undefined && (x === undefined || (common[i * width + j + 1] ?? 0) > (common[(i + 1) * width + j] ?? 0))) {
      lines.push({ kind: "added", text: y });
      j++;
    } else if (x !== undefined) {
      lines.push({ kind: "removed", text: x });
      i++;
    }
  }
  return lines;
}
