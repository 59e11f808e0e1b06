import type { Need } from "@/api/types";

/** One row of "plan for me", as typed. */
export interface NeedRow {
  id: number;
  kind: string;
  count: string;
  speedMhz: string;
  gpio: string;
  near: string;
}

export const NEED_KINDS: { kind: string; word: string; speed?: true }[] = [
  { kind: "i2c", word: "I2C bus" },
  { kind: "uart", word: "UART" },
  { kind: "spi", word: "SPI device", speed: true },
  { kind: "sdcard", word: "SD card", speed: true },
  { kind: "pwm", word: "PWM output" },
  { kind: "adc", word: "analog input" },
  { kind: "input", word: "digital input" },
  { kind: "output", word: "digital output" },
  { kind: "interrupt", word: "interrupt input" },
  { kind: "wake", word: "wake-up input" },
  { kind: "i2s", word: "I2S audio" },
  { kind: "twai", word: "CAN (TWAI)" },
  { kind: "rmt", word: "remote control (RMT)" },
  { kind: "pcnt", word: "pulse counter" },
  { kind: "touch", word: "touch key" },
  { kind: "dac", word: "analog output" },
];

const WORDS: Record<string, string> = { can: "twai", ledc: "pwm", servo: "pwm", sd: "sdcard", sdmmc: "sdcard", analog: "adc", button: "input", led: "output", relay: "output", serial: "uart", audio: "i2s" };

/** "i2c, 2 uart, pwm x4, adc" becomes rows; words that are not known become parts of one's own. */
export function parseNeeds(text: string): Omit<NeedRow, "id">[] {
  return text
    .toLowerCase()
    .split(/[,;\n]+|\band\b/)
    .map((part) => part.trim())
    .filter(Boolean)
    .flatMap((part) => {
      const found = /^(?:(\d{1,2})\s*[x×*]?\s*)?([a-z][a-z0-9_-]*?)s?(?:\s*[x×*]\s*(\d{1,2}))?$/.exec(part) ?? /^(?:(\d{1,2})\s*[x×*]?\s*)?([a-z][a-z0-9_-]*)(?:\s*[x×*]\s*(\d{1,2}))?$/.exec(part);
      if (!found?.[2]) return [];
      const word = found[2] === "i2" ? "i2s" : found[2];
      return [{ kind: WORDS[word] ?? word, count: found[1] ?? found[3] ?? "1", speedMhz: "", gpio: "", near: "" }];
    });
}

export function needProblem(row: NeedRow): string | null {
  const count = Number(row.count);
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(row.kind)) return "Name what it is: letters, digits, - and _.";
  if (!Number.isInteger(count) || count < 1 || count > 64) return "How many is 1 to 64.";
  if (row.speedMhz !== "" && !(Number(row.speedMhz) > 0 && Number(row.speedMhz) <= 200)) return "A clock is above 0 and at most 200 MHz.";
  if (row.gpio !== "" && !/^\d{1,2}(\s*,\s*\d{1,2})*$/.test(row.gpio.trim())) return "Pins are numbers, such as 8 or 4, 5.";
  return null;
}

/** The row as the solver wants it. */
export function toNeed(row: NeedRow): Need {
  const gpios = row.gpio
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
    .map(Number);
  return {
    kind: row.kind,
    count: Number(row.count),
    ...(row.speedMhz !== "" ? { speedHz: Math.round(Number(row.speedMhz) * 1_000_000) } : {}),
    ...(gpios.length > 0 ? { gpios } : {}),
    ...(row.near.trim() !== "" ? { near: /^\d+$/.test(row.near.trim()) ? Number(row.near) : row.near.trim() } : {}),
  } as Need;
}
