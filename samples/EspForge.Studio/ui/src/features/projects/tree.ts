export interface TreeNode {
  kind: "folder" | "file";
  name: string;
  /** Without a slash at the end. */
  path: string;
  children: TreeNode[];
}

/** Folders before files, both by name as people count. `folders` are those that hold nothing yet. */
export function buildTree(paths: string[], folders: string[] = []): TreeNode[] {
  const root: TreeNode = { kind: "folder", name: "", path: "", children: [] };
  const folder = (parts: string[]): TreeNode => {
    let at = root;
    for (const name of parts) {
      let next = at.children.find((child) => child.kind === "folder" && child.name === name);
      if (!next) {
        next = { kind: "folder", name, path: at.path === "" ? name : `${at.path}/${name}`, children: [] };
        at.children.push(next);
      }
      at = next;
    }
    return at;
  };
  for (const path of folders) folder(path.split("/"));
  for (const path of paths) {
    const parts = path.split("/");
    const name = parts.pop() ?? path;
    folder(parts).children.push({ kind: "file", name, path, children: [] });
  }
  const sort = (node: TreeNode) => {
    node.children.sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name, "en", { numeric: true }) : a.kind === "folder" ? -1 : 1));
    node.children.forEach(sort);
  };
  sort(root);
  return root.children;
}

export interface TreeRow {
  node: TreeNode;
  /** From 1, as aria-level. */
  level: number;
  position: number;
  size: number;
  parent: string | null;
}

/** The rows on the screen, in order: what is inside a closed folder is not there. */
export function visibleRows(tree: TreeNode[], closed: ReadonlySet<string>, level = 1, parent: string | null = null): TreeRow[] {
  return tree.flatMap((node, i) => [
    { node, level, position: i + 1, size: tree.length, parent },
    ...(node.kind === "folder" && !closed.has(node.path) ? visibleRows(node.children, closed, level + 1, node.path) : []),
  ]);
}

export type TreeStep = { focus: string } | { close: string } | { open: string } | null;

/** What a key does in a tree (WAI-ARIA Authoring Practices, Tree View). */
export function treeKey(key: string, rows: TreeRow[], current: string, closed: ReadonlySet<string>): TreeStep {
  const at = rows.findIndex((row) => row.node.path === current);
  const row = rows[at];
  const to = (target: TreeRow | undefined): TreeStep => (target ? { focus: target.node.path } : null);
  switch (key) {
    case "ArrowDown":
      return to(rows[at + 1]);
    case "ArrowUp":
      return to(rows[at - 1]);
    case "Home":
      return to(rows[0]);
    case "End":
      return to(rows[rows.length - 1]);
    case "ArrowRight":
      if (row?.node.kind !== "folder") return null;
      if (closed.has(row.node.path)) return { open: row.node.path };
      return row.node.children.length > 0 ? to(rows[at + 1]) : null;
    case "ArrowLeft":
      if (row?.node.kind === "folder" && !closed.has(row.node.path)) return { close: row.node.path };
      return row?.parent ? { focus: row.parent } : null;
    default: {
      if (key.length !== 1 || !/\S/.test(key)) return null;
      const after = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
      return to(after.find((other) => other.node.name.toLowerCase().startsWith(key.toLowerCase())));
    }
  }
}

export function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
