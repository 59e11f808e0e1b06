import type { Board, Direction } from "@/api/types";

export interface Signal {
  function: string;
  signal?: string;
  direction?: Direction;
}
export interface FunctionGroup {
  name: string;
  signals: Signal[];
}

/** How many of each a chip has (Espressif's soc_caps.h), for the list to offer only what exists. The check knows all of it. */
const COUNTS: Record<string, { uart: number; i2c: number; spi: number[]; i2s: number; rmt: number; twai: number; sdmmc: boolean; pcnt: number; dac: boolean; eth: boolean; usb: boolean }> = {
  esp32: { uart: 3, i2c: 2, spi: [2, 3], i2s: 2, rmt: 8, twai: 1, sdmmc: true, pcnt: 8, dac: true, eth: true, usb: false },
  esp32s2: { uart: 2, i2c: 2, spi: [2, 3], i2s: 1, rmt: 4, twai: 1, sdmmc: false, pcnt: 4, dac: true, eth: false, usb: true },
  esp32s3: { uart: 3, i2c: 2, spi: [2, 3], i2s: 2, rmt: 8, twai: 1, sdmmc: true, pcnt: 4, dac: false, eth: false, usb: true },
  esp32c2: { uart: 2, i2c: 1, spi: [2], i2s: 0, rmt: 0, twai: 0, sdmmc: false, pcnt: 0, dac: false, eth: false, usb: false },
  esp32c3: { uart: 2, i2c: 1, spi: [2], i2s: 1, rmt: 4, twai: 1, sdmmc: false, pcnt: 0, dac: false, eth: false, usb: true },
  esp32c5: { uart: 2, i2c: 1, spi: [2], i2s: 1, rmt: 4, twai: 2, sdmmc: false, pcnt: 4, dac: false, eth: false, usb: true },
  esp32c6: { uart: 2, i2c: 1, spi: [2], i2s: 1, rmt: 4, twai: 2, sdmmc: false, pcnt: 4, dac: false, eth: false, usb: true },
  esp32c61: { uart: 3, i2c: 1, spi: [2], i2s: 1, rmt: 0, twai: 0, sdmmc: false, pcnt: 0, dac: false, eth: false, usb: true },
  esp32h2: { uart: 2, i2c: 2, spi: [2], i2s: 1, rmt: 4, twai: 1, sdmmc: false, pcnt: 4, dac: false, eth: false, usb: true },
  esp32p4: { uart: 5, i2c: 2, spi: [2, 3], i2s: 3, rmt: 8, twai: 3, sdmmc: true, pcnt: 4, dac: false, eth: true, usb: true },
};
const range = (n: number, from = 0) => Array.from({ length: Math.max(0, n - from) }, (_, i) => i + from);
const signals = (name: string, list: string[]): Signal[] => list.map((signal) => ({ function: name, signal }));

/** What can be placed on this board's chip, grouped as people look for it. */
export function functionGroups(board: Pick<Board, "chip" | "pins">): FunctionGroup[] {
  const chip = COUNTS[board.chip] ?? COUNTS["esp32"];
  if (!chip) return [];
  const touch = board.pins.map((pin) => pin.touch).filter((channel): channel is number => channel !== null);
  const groups: FunctionGroup[] = [
    {
      name: "Parts",
      signals: [
        { function: "led", direction: "out" },
        { function: "button", direction: "in" },
        { function: "relay", direction: "out" },
        { function: "buzzer", direction: "out" },
        { function: "neopixel", signal: "data", direction: "out" },
        { function: "onewire", signal: "data", direction: "io" },
        { function: "sensor", signal: "int", direction: "in" },
        { function: "gpio", signal: "out", direction: "out" },
        { function: "gpio", signal: "in", direction: "in" },
      ],
    },
    { name: "I2C", signals: range(chip.i2c).flatMap((n) => signals(`i2c${n}`, ["sda", "scl"])) },
    { name: "SPI", signals: chip.spi.flatMap((n) => signals(`spi${n}`, ["sck", "mosi", "miso", "cs"])) },
    { name: "UART", signals: range(chip.uart, 1).flatMap((n) => signals(`uart${n}`, ["tx", "rx", "rts", "cts"])) },
    { name: "Analog in", signals: board.pins.some((pin) => pin.adc.length > 0) ? [{ function: "adc", direction: "analog" }] : [] },
    { name: "PWM", signals: range(4).map((n) => ({ function: `ledc${n}`, direction: "out" as const })) },
    { name: "I2S", signals: range(chip.i2s).flatMap((n) => signals(`i2s${n}`, ["bclk", "ws", "dout", "din", "mclk"])) },
    { name: "Remote control (RMT)", signals: range(Math.min(chip.rmt, 4)).flatMap((n) => signals(`rmt${n}`, ["tx", "rx"])) },
    { name: "CAN (TWAI)", signals: range(chip.twai).flatMap((n) => signals(chip.twai > 1 ? `twai${n}` : "twai", ["tx", "rx"])) },
    { name: "SD card", signals: chip.sdmmc ? signals("sdmmc", ["clk", "cmd", "d0", "d1", "d2", "d3"]) : [] },
    { name: "Pulse counter", signals: range(Math.min(chip.pcnt, 4)).flatMap((n) => signals(`pcnt${n}`, ["sig", "ctrl"])) },
    { name: "Touch", signals: touch.sort((a, b) => a - b).map((channel) => ({ function: `touch${channel}`, direction: "analog" as const })) },
    { name: "Analog out (DAC)", signals: chip.dac ? range(2).map((n) => ({ function: `dac${n}`, direction: "analog" as const })) : [] },
    { name: "Ethernet (RMII)", signals: chip.eth ? signals("eth", ["mdc", "mdio", "tx_en", "txd0", "txd1", "crs_dv", "rxd0", "rxd1", "clki"]) : [] },
    { name: "USB", signals: chip.usb ? signals("usb", ["dm", "dp"]) : [] },
  ];
  return groups.filter((group) => group.signals.length > 0);
}
