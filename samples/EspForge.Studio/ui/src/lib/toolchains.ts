/** What builds a project, as people call it. */
const NAMES: Record<string, string> = { host: "Host", platformio: "PlatformIO", "esp-idf": "ESP-IDF" };
export const toolchainName = (id: string): string => NAMES[id] ?? id;

export const TOOLCHAINS: [id: string, what: string][] = [
  ["host", "compiles for virtual devices, with the compiler of the server"],
  ["platformio", "compiles for the chip by platformio.ini"],
  ["esp-idf", "compiles for the chip with idf.py and CMake"],
];
