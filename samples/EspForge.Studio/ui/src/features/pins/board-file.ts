/** A board as the form has it: what people know of their own board. */
export interface BoardForm {
  id: string;
  name: string;
  vendor: string;
  chip: string;
  module: string;
  flashMb: string;
  psramMb: string;
  psramMode: string;
  left: string;
  right: string;
}

export const EMPTY_FORM: BoardForm = { id: "", name: "", vendor: "", chip: "esp32s3", module: "", flashMb: "8", psramMb: "0", psramMode: "", left: "", right: "" };

interface FilePin {
  pos: number;
  label: string;
  kind: string;
  gpio: number | null;
}

const kindOf = (label: string): string => {
  if (/^(gnd|g|0v)\d*$/i.test(label)) return "gnd";
  if (/^(3v3|3\.3v|5v|vin|vcc|vbus|vbat|bat|v)\d*$/i.test(label)) return "power";
  if (/^(en|rst|reset|chip_pu)$/i.test(label)) return "reset";
  if (/^(nc|-)$/i.test(label)) return "nc";
  return "other";
};

/** A line a pin, from the top: "3V3", "GND", "IO4" or "SDA 8". */
export function parseHeader(text: string): FilePin[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, i) => {
      const words = line.split(/\s+/);
      const last = words[words.length - 1] ?? "";
      const own = words.length > 1 ? /^(?:gpio|io)?(\d{1,2})$/i.exec(last) : /^(?:gpio|io|g|d)?(\d{1,2})$/i.exec(last);
      const gpio = own?.[1] === undefined ? null : Number(own[1]);
      const label = words.length > 1 && gpio !== null ? words.slice(0, -1).join(" ") : line;
      return { pos: i + 1, label, kind: gpio === null ? kindOf(label) : "gpio", gpio };
    });
}

/** The board file (docs/pins.md) of a form. */
export function toFile(form: BoardForm): Record<string, unknown> {
  const headers = [
    { id: "left", side: "left", pins: parseHeader(form.left) },
    { id: "right", side: "right", pins: parseHeader(form.right) },
  ].filter((header) => header.pins.length > 0);
  const gpios = headers.flatMap((header) => header.pins).flatMap((pin) => (pin.gpio === null ? [] : [pin.gpio]));
  const psram = Math.round(Number(form.psramMb) * 1_048_576);
  return {
    schemaVersion: 1,
    id: form.id.trim(),
    name: form.name.trim(),
    vendor: form.vendor.trim(),
    chip: form.chip,
    module: form.module.trim(),
    flashBytes: Math.round(Number(form.flashMb) * 1_048_576),
    psramBytes: psram,
    psramMode: psram > 0 ? form.psramMode || "quad" : null,
    orientation: "component side up, USB at the bottom; pos 1 at the top",
    headerOrder: "documented",
    headers,
    exposedGpios: [...new Set(gpios)].sort((a, b) => a - b),
  };
}

const FIELDS: [RegExp, keyof BoardForm][] = [
  [/^\$\.id/, "id"],
  [/^\$\.name/, "name"],
  [/^\$\.vendor/, "vendor"],
  [/^\$\.chip/, "chip"],
  [/^\$\.module/, "module"],
  [/^\$\.flashBytes/, "flashMb"],
  [/^\$\.psramBytes/, "psramMb"],
  [/^\$\.psramMode/, "psramMode"],
];

/** Which field of the form a place in the file belongs to. */
export function fieldOf(path: string, form: BoardForm): keyof BoardForm | null {
  const found = FIELDS.find(([pattern]) => pattern.test(path));
  if (found) return found[1];
  const header = /^\$\.headers\[(\d)\]/.exec(path)?.[1];
  if (header !== undefined) return header === "0" && parseHeader(form.left).length > 0 ? "left" : "right";
  return path.startsWith("$.exposedGpios") || path.startsWith("$.headers") ? "left" : null;
}
