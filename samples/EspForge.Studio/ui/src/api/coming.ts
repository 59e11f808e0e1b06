// Shapes of routes that are not in openapi.json yet; each goes when the generated one is there.

export type Toolchain = "host" | "platformio" | "esp-idf";
export interface ToolchainNeed {
  what: string;
  why: string;
  command: string;
}
export interface ToolchainReport {
  id: string;
  title: string;
  ready: boolean;
  versions: string;
  architecture: string;
  missing: ToolchainNeed[];
  canInstall: boolean;
  installing: boolean;
}

export interface ProjectMore {
  toolchain: string;
  environments: string[];
  revision: number;
}
export interface TemplateMore {
  toolchain: string;
}
export interface FileMore {
  /** With its quotes, as If-Match takes it. */
  etag: string;
}
export interface Match {
  path: string;
  line: number;
  column: number;
  length: number;
  text: string;
}
export interface Matches {
  matches: Match[];
  truncated: boolean;
}
export type RevisionKind = "created" | "saved" | "deleted" | "renamed" | "restored" | "imported" | "plan";
export interface Revision {
  revision: number;
  at: string;
  actor: string;
  actorName: string;
  kind: RevisionKind;
  path: string | null;
  fromPath: string | null;
  sizeBytes: number;
  linesAdded: number;
  linesRemoved: number;
}

export interface BuildMemory {
  ramUsedBytes: number | null;
  ramTotalBytes: number | null;
  flashUsedBytes: number | null;
  flashTotalBytes: number | null;
  slotBytes: number | null;
}
export interface FlashPart {
  name: string;
  offsetBytes: number;
  sizeBytes: number;
  sha256: string;
}
export interface BuildMore {
  toolchain: string;
  environment: string | null;
  position: number | null;
  fromCache: boolean;
  memory: BuildMemory | null;
  previous: { buildId: string; version: string; sizeBytes: number } | null;
  flashParts: FlashPart[];
  acceptedErrors: string | null;
  warnings: number;
}

export interface ApiKey {
  id: string;
  name: string;
  permissions: string[];
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  prefix: string;
}
export interface NewApiKey {
  apiKey: ApiKey;
  key: string;
}
