import type { components } from "./schema.gen";

// The names of docs/api.md; the shapes come from the server's OpenAPI document (npm run generate).
type Schemas = components["schemas"];

export type ErrorDetail = Schemas["ApiDetail"];
export interface Envelope<T> {
  success: boolean;
  data: T | null;
  error: Schemas["ApiError"] | null;
  meta: Schemas["ApiMeta"];
}

export type Permission =
  | "boards.read"
  | "boards.write"
  | "pins.check"
  | "projects.read"
  | "projects.write"
  | "builds.read"
  | "builds.run"
  | "images.read"
  | "images.upload"
  | "releases.read"
  | "releases.create"
  | "rollouts.read"
  | "rollouts.manage"
  | "devices.read"
  | "devices.manage"
  | "fleet.manage"
  | "audit.read"
  | "users.manage"
  | "api-keys.manage"
  | "toolchains.manage";
export type Role = "admin" | "developer" | "viewer";
export type Bootstrap = Schemas["BootstrapStatus"];
export type User = Schemas["User"];
export type Session = Schemas["Session"];

export type BoardSummary = Schemas["BoardSummary"];
export type Board = Schemas["Board"];
export type Chip = Schemas["Chip"];
export type Header = Schemas["Header"];
export type HeaderPin = Schemas["HeaderPin"];
export type PinFacts = Schemas["PinFacts"];

export type BoardSource = Schemas["BoardSource"];

export type Plan = Schemas["PinPlan"];
export type Use = Schemas["PinUse"];
export type Override = Schemas["PinOverride"];
export type Direction = "in" | "out" | "io" | "analog";
export type Pull = "up" | "down" | "none";
export type Severity = Schemas["PinSeverity"];
export type Repair = Schemas["Repair"];
export type Finding = Schemas["Finding"];
export type PinCheck = Schemas["PinReport"];
export type Candidate = Schemas["Candidate"];
export type PinCode = Schemas["PinCode"];
export type PinFormat = Schemas["PinFormat"];
export type PinCost = Schemas["PinCost"];
export type BootPlay = Schemas["Boot"];
export type BootScene = Schemas["BootScene"];
export type Strap = Schemas["Strap"];
export type Need = Schemas["PinNeed"];
/** Plans in answers are the documents of docs/pins.md. */
export type Solution = Omit<Schemas["Solution"], "plan"> & { plan: Plan | null };
export type Placement = Schemas["Placement"];
export type Port = Omit<Schemas["Port"], "plan"> & { plan: Plan };
export type PlanDiff = Schemas["PlanDiff"];
export type PlanDifference = Schemas["PlanDifference"];
export type Imported = Omit<Schemas["Import"], "plan"> & { plan: Plan };

export type ProjectTemplate = Schemas["ProjectTemplate"];
export type Project = Schemas["Project"];
export type ProjectFile = Schemas["ProjectFileSummary"];
export type FileContent = Schemas["ProjectFile"];
export type Match = Schemas["ProjectMatch"];
export type Matches = Schemas["ProjectMatches"];
export type Revision = Schemas["ProjectRevision"];
export type RevisionKind = Schemas["ProjectRevisionKind"];

export type Toolchain = Schemas["Toolchain"];
export type ToolchainNeed = Schemas["ToolchainNeed"];
export type ApiKey = Schemas["ApiKey"];
export type NewApiKey = Schemas["NewApiKey"];

export type Build = Schemas["Build"];
export type BuildMemory = Schemas["BuildMemory"];
export type FlashPart = Schemas["BuildPart"];
export type BuildState = Schemas["BuildState"];
export type BuildMessage = Schemas["BuildMessage"];
export type LogLine = Schemas["LogLine"];
export type Image = Schemas["Image"];
export type Release = Schemas["Release"];
export type ReleaseRequest = Schemas["ReleaseRequest"];
export type Product = Schemas["Product"];

export type RolloutState = Schemas["RolloutState"];
export type RolloutSummary = Schemas["RolloutSummary"];
export type Rollout = Schemas["Rollout"];
export type RolloutRequest = Schemas["RolloutRequest"];
export type RolloutPreview = Schemas["RolloutPreview"];
export type RolloutLogEntry = Schemas["RolloutLog"];
export type Gate = Schemas["Gate"];
export type StageView = Schemas["Stage"];
export type Stage = Schemas["StageRequest"];
export type StageHealth = Schemas["StageHealth"];
export type Filter = Schemas["RolloutFilter"];
export type Member = Schemas["RolloutMember"];
export type MemberState = Schemas["OfferState"];

export type Device = Schemas["Device"];
export type DeviceFit = Schemas["DeviceFit"];
export type DeviceOffer = Schemas["DeviceOffer"];
export type RegisteredDevice = Schemas["RegisteredDevice"];
export type Sample = Schemas["Telemetry"];
export type TimelineEntry = Schemas["DeviceEvent"];
export type VirtualDevice = Schemas["VirtualDevice"];
export type VirtualDeviceState = Schemas["VirtualDeviceState"];
export type VirtualFleet = Schemas["VirtualFleet"];

export type Actor = Schemas["Actor"];
export type Entry = Schemas["AuditEntry"];
export type AuditVerification = Schemas["AuditVerification"];
export type Change = Schemas["EspForgeChange"];
export type Status = Schemas["Status"];
