using System.Globalization;
using EspForge.Boards;

namespace EspForge.PinRules.Tests.Generating;

/// <summary>Generated C and C++ go through a compiler, for every chip.</summary>
public sealed class CompilersTests : IDisposable
{
    private static readonly string[] Strict = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-pedantic"];
    private readonly Toolbox _tools = new();

    public static TheoryData<string> Chips => [.. BoardCatalog.Default.ChipIds];

    public void Dispose() => _tools.Dispose();

    [Theory]
    [MemberData(nameof(Chips))]
    public void The_C_header_compiles_as_C_and_as_Cxx(string chip) => Compile(SamplePlans.OfChip(chip), "c-header", "c", "c++");

    [Theory]
    [MemberData(nameof(Chips))]
    public void The_ESP_IDF_header_compiles_as_C_and_as_Cxx(string chip)
    {
        WriteIdf(BoardCatalog.Default.FindChip(chip)!);
        Compile(SamplePlans.OfChip(chip), "esp-idf", "c", "c++");
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void The_Arduino_header_compiles(string chip)
    {
        WriteArduino();
        Compile(SamplePlans.OfChip(chip), "arduino", "c++");
    }

    [Fact]
    public void Hostile_names_compile_too()
    {
        WriteArduino();
        WriteIdf(BoardCatalog.Default.FindChip("esp32")!);
        Compile(SamplePlans.Hostile, "c-header", "c", "c++");
        Compile(SamplePlans.Hostile, "esp-idf", "c", "c++");
        Compile(SamplePlans.Hostile, "arduino", "c++");
    }

    [Fact]
    public void What_a_use_says_of_frequency_drive_and_hold_compiles()
    {
        WriteArduino();
        WriteIdf(BoardCatalog.Default.FindChip("esp32")!);
        Compile(SamplePlans.Detailed, "c-header", "c", "c++");
        Compile(SamplePlans.Detailed, "esp-idf", "c", "c++");
        Compile(SamplePlans.Detailed, "arduino", "c++");
        _tools.Put("Arduino.h", "#define ESP_ARDUINO_VERSION_MAJOR 3\n" + ArduinoStub);
        Compile(SamplePlans.Detailed, "arduino", "c++");
    }

    [Fact]
    public void A_pin_that_does_not_exist_still_compiles()
    {
        WriteIdf(BoardCatalog.Default.FindChip("esp32")!);
        Compile(Plans.OfChip("esp32", "24 led"), "esp-idf", "c", "c++");
    }

    private void Compile(PinPlan plan, string format, params string[] languages)
    {
        _tools.Put("pins.h", PinCode.Generate(plan, format).Value.Text);
        _tools.Put("main.c", "#include \"pins.h\"\n#include \"pins.h\"\nint main(void) { return 0; }\n");
        foreach (var language in languages)
            _tools.Run(language is "c" ? "gcc" : "clang", [.. Strict, "-I.", "-x", language, language is "c" ? "-std=c11" : "-std=c++17", "main.c"]);
    }

    private void WriteIdf(Chip chip)
    {
        var numbers = string.Join(", ", chip.Pins.Where(pin => pin.Exists).Select(pin => string.Create(CultureInfo.InvariantCulture, $"GPIO_NUM_{pin.Gpio} = {pin.Gpio}")));
        _tools.Put("esp_err.h", "#pragma once\ntypedef int esp_err_t;\n#define ESP_OK 0\n");
        _tools.Put("driver/gpio.h", $$"""
            #pragma once
            #include "esp_err.h"
            typedef enum { GPIO_NUM_NC = -1, {{numbers}}, GPIO_NUM_MAX } gpio_num_t;
            typedef enum { GPIO_MODE_INPUT, GPIO_MODE_OUTPUT, GPIO_MODE_INPUT_OUTPUT_OD } gpio_mode_t;
            typedef enum { GPIO_PULLUP_ONLY, GPIO_PULLDOWN_ONLY, GPIO_FLOATING } gpio_pull_mode_t;
            #ifdef __cplusplus
            extern "C" {
            #endif
            esp_err_t gpio_set_direction(gpio_num_t gpio_num, gpio_mode_t mode);
            esp_err_t gpio_set_pull_mode(gpio_num_t gpio_num, gpio_pull_mode_t pull);
            typedef enum { GPIO_DRIVE_CAP_0, GPIO_DRIVE_CAP_1, GPIO_DRIVE_CAP_2, GPIO_DRIVE_CAP_3 } gpio_drive_cap_t;
            esp_err_t gpio_set_drive_capability(gpio_num_t gpio_num, gpio_drive_cap_t strength);
            esp_err_t gpio_hold_en(gpio_num_t gpio_num);
            esp_err_t gpio_hold_dis(gpio_num_t gpio_num);
            #ifdef __cplusplus
            }
            #endif
            """ + "\n");
    }

    private const string ArduinoStub = """
        #pragma once
        #include <stdint.h>
        enum { INPUT, OUTPUT, INPUT_PULLUP, INPUT_PULLDOWN };
        constexpr uint32_t SERIAL_8N1 = 0x800001c;
        void pinMode(uint8_t pin, uint8_t mode);
        #if defined(ESP_ARDUINO_VERSION_MAJOR) && ESP_ARDUINO_VERSION_MAJOR >= 3
        bool ledcAttach(uint8_t pin, uint32_t freq, uint8_t resolution);
        #else
        uint32_t ledcSetup(uint8_t channel, uint32_t freq, uint8_t resolution);
        void ledcAttachPin(uint8_t pin, uint8_t channel);
        #endif
        struct HardwareSerial { void begin(unsigned long baud, uint32_t config, int8_t rx, int8_t tx); };
        extern HardwareSerial Serial1, Serial2, Serial3, Serial4;

        """;

    private void WriteArduino()
    {
        _tools.Put("Arduino.h", ArduinoStub);
        _tools.Put("Wire.h", "#pragma once\n#include <stdint.h>\nstruct TwoWire { bool begin(int sda, int scl, uint32_t frequency = 0); };\nextern TwoWire Wire, Wire1;\n");
        _tools.Put("SPI.h", "#pragma once\n#include <stdint.h>\nstruct SPIClass { void begin(int8_t sck, int8_t miso, int8_t mosi, int8_t ss); };\nextern SPIClass SPI;\n");
    }
}
