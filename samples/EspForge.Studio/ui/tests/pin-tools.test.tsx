import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { session } from "@/api/session";
import type { BootScene, Candidate, PinCost, Plan } from "@/api/types";
import { fieldOf, parseHeader, toFile, EMPTY_FORM } from "@/features/pins/board-file";
import { BootTheatre } from "@/features/pins/boot-theatre";
import { candidateText, costDifference } from "@/features/pins/cost";
import { ImportDialog } from "@/features/pins/import-dialog";
import { needProblem, parseNeeds, toNeed } from "@/features/pins/needs";
import { SolveDialog } from "@/features/pins/solve-dialog";
import { grant, host, no, ok } from "./host";

const cost = (change: Partial<PinCost> = {}): PinCost => ({ moved: 0, risk: 0, matrix: 0, neighbourhood: 0, numbers: 0, ...change });
const candidate = (change: Partial<Candidate>): Candidate => ({ gpio: 4, label: null, risk: "none", findings: [], cost: cost(), now: null, reason: "", ...change });
const plan: Plan = { board: "esp32-s3-devkitc-1", uses: [{ gpio: 4, function: "led" }] };
const report = { findings: [], errors: 0, warnings: 0, infos: 0 };

function show(element: React.ReactElement) {
  session.begin(grant("token"));
  return render(<QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>{element}</QueryClientProvider>);
}

describe("costs", () => {
  it("differ by the first level that does", () => {
    expect(costDifference(cost({ risk: 10, numbers: 3 }), cost({ numbers: 9 }))).toEqual({ better: -1, text: "risk +10" });
    expect(costDifference(cost({ neighbourhood: 1 }), cost({ neighbourhood: 3 }))).toEqual({ better: 1, text: "header −2" });
    expect(costDifference(cost({ numbers: 1 }), cost())).toEqual({ better: 0, text: "as good" });
  });
  it("are against where the use is, else against the best", () => {
    const best = candidate({ gpio: 4 });
    expect(candidateText(best, best)).toBe("best");
    expect(candidateText(candidate({ gpio: 5, cost: cost({ risk: 100 }) }), best)).toBe("risk +100");
    expect(candidateText(candidate({ gpio: 5, cost: cost({ risk: 1 }), now: cost({ risk: 11 }) }), best)).toBe("risk −10");
  });
});

describe("needs", () => {
  it("are read from words", () => {
    const rows = parseNeeds("i2c, two things!, 2 uarts, pwm x4 and adc, i2s, SD, lora");
    expect(rows.map((row) => [row.kind, row.count])).toEqual([["i2c", "1"], ["uart", "2"], ["pwm", "4"], ["adc", "1"], ["i2s", "1"], ["sdcard", "1"], ["lora", "1"]]);
  });
  it("become the request's fields, and say what is wrong before they are sent", () => {
    const row = { id: 1, kind: "spi", count: "1", speedMhz: "80", gpio: "4, 5", near: "J1" };
    expect(toNeed(row)).toEqual({ kind: "spi", count: 1, speedHz: 80_000_000, gpios: [4, 5], near: "J1" });
    expect(toNeed({ ...row, speedMhz: "", gpio: "", near: "8" })).toEqual({ kind: "spi", count: 1, near: 8 });
    expect(needProblem(row)).toBeNull();
    expect(needProblem({ ...row, count: "0" })).toMatch(/1 to 64/);
    expect(needProblem({ ...row, gpio: "a" })).toMatch(/numbers/);
    expect(needProblem({ ...row, speedMhz: "900" })).toMatch(/200 MHz/);
  });
});

describe("plan for me", () => {
  it("shows the clash in words and applies a plan", async () => {
    const calls = host((call) =>
      call.path !== "pins/solve"
        ? ok({ same: true, addsErrors: false, differences: [] })
        : (call.body as { needs: { kind: string }[] }).needs.some((need) => need.kind === "uart")
          ? ok({ plan: null, conflict: { kind: "instances", uses: ["uart", "uart"], needs: [0], gpios: [], message: "ESP32-C3 has two UARTs." }, placements: [], cost: null, bound: null, optimal: false, report: null })
          : ok({ plan, conflict: null, placements: [{ name: "i2c sda", need: 0, item: 0, gpio: 8, function: "i2c0", signal: "sda", before: 7, cost: cost(), why: "nothing against it" }], cost: cost(), bound: cost(), optimal: true, report }),
    );
    const apply = vi.fn();
    show(<SolveDialog plan={plan} onApply={apply} onClose={() => undefined} />);
    fireEvent.change(screen.getByLabelText("What do you need?"), { target: { value: "3 uart" } });
    fireEvent.click(screen.getByRole("button", { name: /Find the best pins/ }));
    expect(await screen.findByText("ESP32-C3 has two UARTs.")).toBeInTheDocument();
    fireEvent.click(screen.getByRole("button", { name: "Remove UART" }));
    fireEvent.change(screen.getByLabelText("What do you need?"), { target: { value: "i2c" } });
    fireEvent.click(screen.getByRole("button", { name: /Find the best pins/ }));
    expect(await screen.findByText("i2c sda: GPIO7 → GPIO8")).toBeInTheDocument();
    fireEvent.click(screen.getByRole("button", { name: "Apply the plan" }));
    expect(apply).toHaveBeenCalledWith(plan);
    expect(calls.find((call) => call.path === "pins/solve")?.body).toMatchObject({ locked: [], free: [], needs: [{ kind: "uart", count: 3 }] });
  });
});

describe("import", () => {
  it("shows a refusal at the text and takes what was read for this board", async () => {
    host((call) => {
      const { text } = call.body as { text: string };
      return text === "nothing" ? no(400, "PLAN_INVALID", "$.text holds no pin.", [{ field: "$.text", message: "$.text holds no pin." }]) : ok({ plan: { chip: "esp32s3", uses: plan.uses }, format: "c-header", notes: [{ line: 3, kind: "ignored", message: "No pin." }], choices: [], report });
    });
    const take = vi.fn();
    show(<ImportDialog board="esp32-s3-devkitc-1" onTake={take} onClose={() => undefined} />);
    fireEvent.change(screen.getByLabelText("Text"), { target: { value: "nothing" } });
    fireEvent.click(screen.getByRole("button", { name: "Read it" }));
    expect(await screen.findByText("$.text holds no pin.")).toBeInTheDocument();
    fireEvent.change(screen.getByLabelText("Text"), { target: { value: "#define LED 4" } });
    fireEvent.click(screen.getByRole("button", { name: "Read it" }));
    fireEvent.click(await screen.findByRole("button", { name: "Take these 1 uses" }));
    expect(take).toHaveBeenCalledWith({ board: "esp32-s3-devkitc-1", uses: plan.uses });
  });
});

describe("the boot theatre", () => {
  it("names the scenario that fails, its level and a way out", async () => {
    const scene: BootScene = {
      scenario: "cold-start", title: "Cold start", mode: "invalid", wantedMode: "spi-boot", vddSpiMillivolts: 1800, romLog: true, passes: false, gpio: 12, sentence: "GPIO12 is high.",
      repair: { label: "Move relay to GPIO25", kind: "move", use: 0, gpio: 25, field: null, value: null, gpios: null },
      straps: [{ gpio: 12, role: "flash voltage", internalPull: "down", externalPull: "up", driver: null, level: "high", wanted: "low", fails: true }],
    };
    host(() => ok({ scenes: [scene] }));
    const repair = vi.fn();
    show(<BootTheatre plan={plan} readOnly={false} onPoint={() => undefined} onRepair={repair} />);
    const row = await screen.findByTestId("boot-scene");
    expect(row).toHaveAttribute("data-passes", "false");
    expect(row).toHaveTextContent(/Cold start.*fails.*high.*wants low.*1\.8 V.*GPIO12 is high/);
    fireEvent.click(screen.getByRole("button", { name: "Move relay to GPIO25" }));
    expect(repair).toHaveBeenCalledWith(scene.repair);
  });
});

describe("a board from the form", () => {
  it("has its pins in the order they were written, with kind and number", () => {
    expect(parseHeader("3V3\nGND\nIO4\nSDA 8\nEN\n\nCAM_D0 io11")).toEqual([
      { pos: 1, label: "3V3", kind: "power", gpio: null },
      { pos: 2, label: "GND", kind: "gnd", gpio: null },
      { pos: 3, label: "IO4", kind: "gpio", gpio: 4 },
      { pos: 4, label: "SDA", kind: "gpio", gpio: 8 },
      { pos: 5, label: "EN", kind: "reset", gpio: null },
      { pos: 6, label: "CAM_D0", kind: "gpio", gpio: 11 },
    ]);
    const file = toFile({ ...EMPTY_FORM, id: "pump", left: "IO5\nIO4", right: "IO4", psramMb: "2" });
    expect(file).toMatchObject({ exposedGpios: [4, 5], psramBytes: 2_097_152, psramMode: "quad" });
  });
  it("shows the server's refusal at the field it is about", () => {
    const form = { ...EMPTY_FORM, left: "IO4", right: "IO99" };
    expect(fieldOf("$.headers[1].pins[0].gpio", form)).toBe("right");
    expect(fieldOf("$.headers[0].pins[0].gpio", { ...form, left: "" })).toBe("right");
    expect(fieldOf("$.psramMode", form)).toBe("psramMode");
    expect(fieldOf("$.usb", form)).toBeNull();
  });
});
