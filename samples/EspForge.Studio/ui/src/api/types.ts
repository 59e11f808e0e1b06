// The shapes of docs/api.md, spelled as there.

export interface Envelope<T> {
  success: boolean;
  data: T | null;
  error: { code: string; message: string; details: ErrorDetail[] | null } | null;
  meta: { requestId: string; timestamp: string; version: string };
}
export interface ErrorDetail {
  field: string;
  message: string;
}

export type Permission = "boards.read" | "pins.check" | "projects.read" | "projects.write" | "builds.read" | "builds.run" | "images.read" | "images.upload" | "releases.read" | "releases.create" | "rollouts.read" | "rollouts.manage" | "devices.read" | "devices.manage" | "fleet.manage" | "audit.read" | "users.manage";

export type Role = "admin" | "developer" | "viewer";

export interface Bootstrap {
  needsAdministrator: boolean;
  needsSetupCode: boolean;
  product: string;
  version: string;
}
export interface User {
  id: string;
  email: string;
  displayName: string | null;
  role: Role;
  organization: string;
  disabled: boolean;
  permissions: string[];
}
export interface Session {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string | null;
  user: User;
}

export interface BoardSummary {
  id: string;
  name: string;
  vendor: string;
  chip: string;
  chipName: string;
  module: string | null;
  flashBytes: number;
  psramBytes: number;
  headerOrder: "documented" | "recalled" | "unknown";
}
export interface HeaderPin {
  position: number;
  label: string;
  kind: string;
  gpio: number | null;
}
export interface Header {
  id: string;
  side: string | null;
  pins: HeaderPin[];
}
export interface PinFacts {
  gpio: number;
  exposed: boolean;
  reserved: string | null;
  input: boolean;
  output: boolean;
  pullUp: boolean;
  pullDown: boolean;
  adc: string[];
  touch: number | null;
  dac: number | null;
  rtc: number | null;
  strapping: string | null;
  roles: string[];
}
export interface Board extends BoardSummary {
  orientation: string | null;
  headers: Header[];
  pins: PinFacts[];
  onboard: { function: string; gpio: number | null; name: string | null }[];
  notes: string[];
}

export type Severity = "error" | "warning" | "info";
export type Direction = "in" | "out" | "io" | "analog";
export type Pull = "up" | "down" | "none";
export interface Use {
  gpio: number;
  function: string;
  signal?: string;
  direction?: Direction;
  pull?: Pull;
}
export interface Override {
  rule: string;
  gpios: number[];
  reason: string;
}
export interface Plan {
  board?: string;
  chip?: string;
  module?: string;
  flashMode?: string;
  psram?: string;
  vddSpiMillivolts?: number;
  efuses?: string[];
  wifi?: boolean;
  console?: string;
  externalPull?: Record<string, string>;
  wake?: Record<string, number[]>;
  interrupts?: number[];
  uses: Use[];
  overrides?: Override[];
}
export interface Repair {
  label: string;
  kind: "move" | "remove" | "setUse" | "setPlan" | "override";
  use: number | null;
  gpio: number | null;
  field: string | null;
  value: string | null;
  gpios: number[] | null;
}
export interface Finding {
  rule: string;
  class: string;
  severity: Severity;
  gpios: number[];
  message: string;
  source: string;
  repairs: Repair[];
  overridden: string | null;
}
export interface PinCheck {
  findings: Finding[];
  errors: number;
  warnings: number;
  infos: number;
}
export interface Candidate {
  gpio: number;
  label: string | null;
  risk: "none" | "info" | "warning";
  findings: Finding[];
}
export interface PinCode {
  fileName: string;
  content: string;
}

export interface ProjectTemplate {
  id: string;
  name: string;
  description: string;
}
export interface ProjectFile {
  path: string;
  sizeBytes: number;
  updatedAt: string;
}
export interface FileContent extends ProjectFile {
  content: string;
}
export interface Project {
  id: string;
  name: string;
  product: string;
  board: string;
  chip: string;
  plan: Plan;
  files: ProjectFile[];
  createdAt: string;
  updatedAt: string;
}

export type BuildState = "queued" | "running" | "succeeded" | "failed" | "cancelled";
export interface BuildMessage {
  file: string | null;
  line: number | null;
  column: number | null;
  severity: string;
  text: string;
}
export interface Image {
  sha256: string;
  format: "esp" | "host";
  chip: string;
  project: string;
  version: string;
  agentVersion: string | null;
  sizeBytes: number;
  fileName: string;
  buildId: string | null;
  createdAt: string;
  createdBy: string;
}
export interface Build {
  id: string;
  projectId: string;
  projectName: string;
  product: string;
  version: string;
  state: BuildState;
  sandbox: string | null;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  durationMs: number | null;
  messages: BuildMessage[];
  image: Image | null;
  error: { code: string; message: string } | null;
  createdBy: string;
}
export interface LogLine {
  number: number;
  text: string;
  stream: string;
}

export interface Release {
  id: string;
  product: string;
  chip: string;
  version: string;
  image: Image;
  sequence: number;
  keyId: string;
  notes: string | null;
  issuedAt: string;
  expiresAt: string | null;
  createdAt: string;
  createdBy: string;
}
export interface Product {
  product: string;
  devices: number;
  versions: { version: string; devices: number }[];
  latestRelease: Release | null;
}

export type RolloutState = "draft" | "running" | "paused" | "completed" | "rolledBack" | "cancelled";
export interface RolloutSummary {
  id: string;
  name: string;
  releaseId: string;
  product: string;
  chip: string;
  version: string;
  state: RolloutState;
  currentStage: number;
  stageCount: number;
  devices: number;
  confirmed: number;
  failed: number;
  reason: string | null;
  createdAt: string;
  changedAt: string;
  createdBy: string;
}
export interface Gate {
  soakSeconds: number;
  minimumReports: number;
  maximumFailureRate: number;
  confidence: number;
  requireProof: boolean;
  silentAfterSeconds: number;
  maximumSilentShare: number;
}
export interface Stage {
  percent: number;
  gate?: Partial<Gate>;
}
export interface StageHealth {
  size: number;
  confirmed: number;
  failed: number;
  working: number;
  silent: number;
  waiting: number;
}
export interface StageView {
  percent: number;
  gate: Gate;
  size: number;
  startedAt: string | null;
  health: StageHealth;
  upperBound: number;
  lowerBound: number;
}
export interface Filter {
  tags: string[];
  group: string | null;
  board: string | null;
  currentVersion: string | null;
}
export interface RolloutLogEntry {
  at: string;
  actor: string;
  action: string;
  detail: string | null;
}
export interface Rollout extends RolloutSummary {
  filter: Filter;
  stages: StageView[];
  decision: { verdict: string; reason: string; upperBound: number; lowerBound: number } | null;
  log: RolloutLogEntry[];
}
export interface RolloutPreview {
  devices: number;
  stages: { percent: number; size: number; cumulative: number }[];
}
export interface RolloutRequest {
  releaseId: string;
  name?: string;
  stages?: Stage[];
  filter?: Partial<Filter>;
  start?: boolean;
}
export type MemberState = "waiting" | "offered" | "downloading" | "verifying" | "applying" | "rebooting" | "confirming" | "confirmed" | "failed" | "rolledBack" | "rejected" | "cancelled";

export interface Member {
  deviceId: string;
  stage: number;
  state: MemberState;
  percent: number | null;
  error: string | null;
  detail: string | null;
  fromVersion: string | null;
  offeredAt: string | null;
  changedAt: string | null;
}

export interface DeviceOffer {
  rolloutId: string;
  version: string;
  state: MemberState;
  percent: number | null;
  error: string | null;
  detail: string | null;
}
export interface Device {
  deviceId: string;
  name: string | null;
  product: string;
  chip: string;
  board: string | null;
  hardwareId: string | null;
  group: string | null;
  tags: string[];
  version: string | null;
  slot: string | null;
  agentVersion: string | null;
  online: boolean;
  lastSeenAt: string | null;
  uptimeMs: number | null;
  freeHeapBytes: number | null;
  rssiDbm: number | null;
  createdAt: string;
  offer: DeviceOffer | null;
}
export interface RegisteredDevice {
  device: Device;
  deviceKey: string;
  commandSecret: string;
}
export interface Sample {
  at: string;
  version: string | null;
  uptimeMs: number;
  freeHeapBytes: number;
  rssiDbm: number | null;
  values: Record<string, number> | null;
}
export interface TimelineEntry {
  at: string;
  kind: string;
  text: string;
  rolloutId: string | null;
}

export type VirtualDeviceState = "preparing" | "starting" | "claiming" | "running" | "stopped" | "failed";
export interface VirtualDevice {
  hardwareId: string;
  deviceId: string | null;
  product: string;
  chip: string;
  board: string;
  state: VirtualDeviceState;
  reason: string | null;
  startedAt: string | null;
}
export interface VirtualFleet {
  limit: number;
  running: number;
  devices: VirtualDevice[];
}

export interface Entry {
  sequence: number;
  at: string;
  actor: string;
  actorName: string | null;
  action: string;
  subject: string;
  detail: string | null;
  hash: string;
}
export interface AuditVerification {
  valid: boolean;
  entries: number;
  brokenAt: number | null;
}
export interface Change {
  kind: "rollout" | "device" | "build" | "release" | "image" | "project" | "virtual-device" | "audit";
  id: string;
}
export interface Status {
  version: string;
  startedAt: string;
  database: string;
  sandbox: { name: string; isolated: boolean; message: string | null };
  toolchain: { ready: boolean; message: string | null };
}
