using EspForge.Boards;

namespace EspForge.PinRules.Tests.Importing;

public sealed class CHeaderImportTests
{
    [Theory]
    [InlineData("#define PIN_LORA_NSS 18", 18, "lora", "nss")]
    [InlineData("#define I2C_SDA 21", 21, "i2c0", "sda")]
    [InlineData("#define CAM_PIN_D0 5", 5, "camera", "d0")]
    [InlineData("#define Y2_GPIO_NUM 5", 5, "camera", "d0")]
    [InlineData("#define SIOD_GPIO_NUM 26", 26, "camera", "siod")]
    [InlineData("#define LED_GPIO_NUM 4", 4, "led", null)]
    [InlineData("#define TFT_MOSI 23", 23, "display", "mosi")]
    [InlineData("#define TOUCH_CS 33", 33, "touch", "cs")]
    [InlineData("constexpr gpio_num_t kStatusLed = GPIO_NUM_2;", 2, "status-led", null)]
    [InlineData("static constexpr gpio_num_t RELAY_PIN{GPIO_NUM_4};", 4, "relay", null)]
    [InlineData("const int buttonPin = 0x0e;", 14, "button", null)]
    [InlineData("static const uint8_t SDA = 21;", 21, "i2c0", "sda")]
    [InlineData("#define RXD2 (16)", 16, "uart2", "rx")]
    [InlineData("#define MODEM_TX ((gpio_num_t)27)", 27, "modem", "tx")]
    [InlineData("const gpio_num_t BCLK = static_cast<gpio_num_t>(26);", 26, "i2s0", "bclk")]
    [InlineData("#define SD_MMC_CLK 14", 14, "sdmmc", "clk")]
    [InlineData("#define SPI2_SCK GPIO_NUM_12 // clock", 12, "spi2", "sck")]
    [InlineData("#define ETH_MDC_PIN 23", 23, "eth", "mdc")]
    [InlineData("#define WHATEVER GPIO_NUM_5", 5, "whatever", null)]
    [InlineData("#define LEDPIN 2", 2, "led", null)]
    [InlineData("  #  define  DHTPIN   4 /* data */", 4, "dht", null)]
    [InlineData("#define CS_SD 13", 13, "sd", "cs")]
    [InlineData("int ledPin = 13;", 13, "led", null)]
    [InlineData("enum { LED = 4 };", 4, "led", null)]
    [InlineData("namespace pins { constexpr gpio_num_t RELAY = GPIO_NUM_4; }", 4, "relay", null)]
    [InlineData("typedef enum { PIN_BUZZER = GPIO_NUM_25 } pin_t;", 25, "buzzer", null)]
    [InlineData("#define LED_PIN ((gpio_num_t)(4))", 4, "led", null)]
    public void A_line_is_a_use(string line, int gpio, string function, string? signal)
    {
        var use = Assert.Single(Read(line).Plan.Uses);
        Assert.Equal((gpio, function, signal), (use.Gpio, use.Function, use.Signal));
    }

    [Theory]
    [InlineData("#define LED_COUNT 16")]
    [InlineData("#define I2C_FREQUENCY 40")]
    [InlineData("#define TFT_RST -1")]
    [InlineData("#define PWDN_GPIO_NUM GPIO_NUM_NC")]
    [InlineData("#define LED_ON 1")]
    [InlineData("// #define TFT_CS 15")]
    [InlineData("/* #define TFT_CS 15\n#define TFT_DC 2 */")]
    [InlineData("#define BAUD_RATE 50")]
    [InlineData("#define PIN(x) (x)")]
    [InlineData("const char *PIN_NAME = \"#define PIN_X 4\";")]
    [InlineData("#if 0\n#define PIN_LED 2\n#endif")]
    [InlineData("void f() { int ledPin = 2; }")]
    public void And_these_are_none(string text) => Assert.Empty(Read(text, chip: "esp32").Plan.Uses);

    [Fact]
    public void Aliases_are_followed_and_cycles_end()
    {
        var plan = Read("#define SDA_PIN 21\n#define OLED_SDA SDA_PIN\n#define PIN_A PIN_B\n#define PIN_B PIN_A\n").Plan;
        Assert.Equal(["i2c0 sda", "oled sda"], plan.Uses.Select(use => use.Name));
        Assert.All(plan.Uses, use => Assert.Equal(21, use.Gpio));
    }

    [Fact]
    public void Of_several_camera_models_one_is_read_and_all_are_listed()
    {
        const string text = """
            #if defined(CAMERA_MODEL_WROVER_KIT)
            #define PWDN_GPIO_NUM    -1
            #define RESET_GPIO_NUM   -1
            #define XCLK_GPIO_NUM    21
            #define SIOD_GPIO_NUM    26
            #elif defined(CAMERA_MODEL_AI_THINKER)
            #define PWDN_GPIO_NUM    32
            #define RESET_GPIO_NUM   -1
            #define XCLK_GPIO_NUM     0
            #define SIOD_GPIO_NUM    26
            #define Y9_GPIO_NUM      35
            #else
            #error "Camera model not selected"
            #endif
            """;
        var first = Read(text);
        Assert.Equal(["CAMERA_MODEL_WROVER_KIT", "CAMERA_MODEL_AI_THINKER"], first.Choices);
        Assert.Equal(21, first.Plan.Uses.Single(use => use.Signal is "xclk").Gpio);
        Assert.Contains(first.Notes, note => note is { Kind: PinImportNoteKind.Assumed, Line: 1 } && note.Message.Contains("WROVER_KIT", StringComparison.Ordinal));
        var chosen = PinImport.Read(text, new PinImportOptions { Model = "AI_THINKER" }).Value;
        Assert.Equal("esp32-cam", chosen.Plan.Board);
        Assert.Equal(["0 camera xclk", "26 camera siod", "32 camera pwdn", "35 camera d7"], chosen.Plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
        Assert.DoesNotContain(chosen.Notes, note => note.Message.Contains("branches", StringComparison.Ordinal));
        var fault = PinImport.Read(text, new PinImportOptions { Model = "TOASTER" }).Fault!;
        Assert.Equal("import-model-unknown", fault.Code);
        Assert.Contains("CAMERA_MODEL_AI_THINKER", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chip_chooses_between_branches()
    {
        const string text = "#ifdef CONFIG_IDF_TARGET_ESP32S3\n#define PIN_LED 38\n#elif defined(CONFIG_IDF_TARGET_ESP32C3)\n#define PIN_LED 8\n#endif\n#ifndef PIN_RELAY\n#define PIN_RELAY 4\n#endif\n";
        Assert.Equal([4, 8], Read(text, chip: "esp32c3").Plan.Uses.Select(use => use.Gpio));
        Assert.Equal([4, 38], Read(text, chip: "esp32s3").Plan.Uses.Select(use => use.Gpio));
    }

    [Fact]
    public void A_TFT_eSPI_setup_is_read_without_its_comments_and_numbers()
    {
        var plan = Read("""
            #define USER_SETUP_INFO "User_Setup"
            #define ILI9341_DRIVER
            // #define TFT_CS   PIN_D8
            #define TFT_WIDTH  240
            #define TFT_MISO 19
            #define TFT_MOSI 23
            #define TFT_SCLK 18
            #define TFT_CS   15  // Chip select
            #define TFT_DC    2
            #define TFT_RST  -1
            #define TFT_BL   32
            #define TFT_BACKLIGHT_ON HIGH
            #define TOUCH_CS 21
            #define LOAD_FONT2
            #define SPI_FREQUENCY  27000000
            """).Plan;
        Assert.Equal(["2 display dc", "15 display cs", "18 display sclk", "19 display miso", "21 touch cs", "23 display mosi", "32 display bl"], plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
    }

    [Fact]
    public void Names_the_board_prints_are_its_pins() =>
        Assert.Equal(BoardCatalog.Default.FindBoard("xiao-esp32s3")!.Headers.SelectMany(header => header.Pins).Single(pin => pin.Label is "D5").Gpio, PinImport.Read("#define PIN_RELAY D5", new PinImportOptions { Board = "xiao-esp32s3" }).Value.Plan.Uses.Single().Gpio);

    [Fact]
    public void What_is_not_understood_is_noted_with_its_line()
    {
        var imported = Read("#define PIN_LED (2 + 2)\n#define GIZMO 7\n#define PIN_RELAY 4\n");
        Assert.Equal([1, 2], imported.Notes.Where(note => note.Kind == PinImportNoteKind.Ignored).Select(note => note.Line!.Value));
        Assert.Contains(imported.Notes, note => note.Kind == PinImportNoteKind.Assumed && note.Message.Contains("taken as ESP32", StringComparison.Ordinal));
    }

    [Fact]
    public void An_enum_may_run_over_lines_and_counts_on()
    {
        var plan = Read("""
            enum class Pin : uint8_t
            {
              Relay = 25,   // switches the pump
              Valve,        // 26
              Gizmo = GPIO_NUM_4,
            #if 0
              Fan = 5,
            #endif
              Doorbell = 0x21
            };
            enum State { IDLE, LED, BUTTON };
            int buzzerPin = 27;
            """).Plan;
        Assert.Equal(["4 gizmo", "25 relay", "26 valve", "27 buzzer", "33 doorbell"], plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
    }

    [Fact]
    public void Arrays_of_pins_are_several_uses()
    {
        var imported = Read("""
            #define COL0 GPIO_NUM_4
            const int rows[] = {1, 2, 3};
            byte colPins[COLS] = {
              COL0,
              GPIO_NUM_5, 13 };
            const int melody[] = { 25, 26, 27 };
            const uint8_t ledPins[2][2] = {{16, 17}, {18, 19}};
            static constexpr gpio_num_t outputs[] { GPIO_NUM_32, GPIO_NUM_NC, GPIO_NUM_33 };
            const int relayPins[] = { 2 + 3 };
            int buzzerPin = 21;
            """);
        Assert.Equal(["1 row0", "2 row1", "3 row2", "4 col0", "5 col1", "13 col2", "21 buzzer", "32 output0", "33 output2"], imported.Plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
        Assert.Equal([7, 9], imported.Notes.Where(note => note.Kind == PinImportNoteKind.Ignored).Select(note => note.Line!.Value));
    }

    [Fact]
    public void The_variant_of_an_Arduino_board_has_its_buses_and_no_aliases()
    {
        var imported = PinImport.Read("""
            #ifndef Pins_Arduino_h
            #define Pins_Arduino_h
            #include <stdint.h>
            #define USB_VID 0x303a
            #define NUM_ANALOG_INPUTS 20
            #define PIN_RGB_LED 38
            static const uint8_t LED_BUILTIN = SOC_GPIO_PIN_COUNT + PIN_RGB_LED;
            #define BUILTIN_LED LED_BUILTIN // older name
            #define LED_BUILTIN LED_BUILTIN // for #ifdef
            #define PIN_STATUS_LED 13
            #define STATUS_LED PIN_STATUS_LED
            static const uint8_t TX = 43;
            static const uint8_t RX = 44;
            #define TX1 TX
            static const uint8_t SDA = 8;
            static const uint8_t SCL = 9;
            static const uint8_t SS = 10;
            static const uint8_t A0 = 1;
            static const uint8_t A19 = 20;
            static const uint8_t T14 = 14;
            static const uint8_t D0 = 2;
            static const uint8_t DAC1 = 17;
            #endif
            """, new PinImportOptions { Chip = "esp32s3" }).Value;
        Assert.Equal(["8 i2c0 sda", "9 i2c0 scl", "10 spi cs", "13 status-led", "38 rgb-led", "43 uart tx", "44 uart rx"], imported.Plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
        Assert.DoesNotContain(imported.Notes, note => note.Message.StartsWith('A') || note.Message.StartsWith('T'));
    }

    [Fact]
    public void A_constant_defined_as_itself_keeps_its_value() =>
        Assert.Equal(13, Assert.Single(Read("static const uint8_t LED_BUILTIN = 13;\n#define LED_BUILTIN LED_BUILTIN\n").Plan.Uses).Gpio);

    [Fact]
    public void Macros_of_the_command_line_choose_branches_and_have_values()
    {
        const string text = "#if defined(BOARD_A) || defined(BOARD_B)\n#define PIN_LED 2\n#elif BOARD_REV >= 3\n#define PIN_LED 4\n#else\n#define PIN_LED RELAY_GPIO\n#endif\n";
        Assert.Equal(2, Gpio("BOARD_B"));
        Assert.Equal(4, Gpio("BOARD_REV=3", "BOARD_A_NOT"));
        Assert.Equal(["CAMERA_MODEL_X", "CAMERA_MODEL_Y", "CAMERA_MODEL_Z"], Read("#if defined(CAMERA_MODEL_X)\n#define XCLK_GPIO_NUM 1\n#elif defined(CAMERA_MODEL_Y) || defined(CAMERA_MODEL_Z)\n#define XCLK_GPIO_NUM 2\n#endif\n").Choices);

        int Gpio(params string[] defines) => Assert.Single(PinImport.Read(text, new PinImportOptions { Chip = "esp32", Defines = defines }).Value.Plan.Uses).Gpio;
    }

    [Fact]
    public void A_camera_file_may_nest_a_switch_inside_a_model()
    {
        const string text = """
            #if defined(CAMERA_MODEL_ESP_EYE)
            #define XCLK_GPIO_NUM 4
            #define SIOD_GPIO_NUM 18
            #elif defined(CAMERA_MODEL_ESP32S3_CAM_LCD)
            #define USE_BOARD_HEADER 0
            #define XCLK_GPIO_NUM 42
            #define SIOD_GPIO_NUM 41
            #if USE_BOARD_HEADER
            #define Y5_GPIO_NUM 12
            #else
            #define Y5_GPIO_NUM 13
            #endif
            #endif
            #ifndef CAM_PIN_XCLK
            #define CAM_PIN_XCLK XCLK_GPIO_NUM
            #endif
            """;
        var chosen = PinImport.Read(text, new PinImportOptions { Defines = ["CAMERA_MODEL_ESP32S3_CAM_LCD"] }).Value;
        Assert.Equal("esp32s3", chosen.Plan.Chip);
        Assert.Equal(["13 camera d3", "41 camera siod", "42 camera xclk"], chosen.Plan.Uses.Select(use => $"{use.Gpio} {use.Name}"));
    }

    [Fact]
    public void Too_much_is_refused()
    {
        Assert.Equal("import-too-large", PinImport.Read(new string(' ', PinImport.MaxText + 1)).Fault!.Code);
        Assert.Equal("import-too-large", PinImport.Read(new string('\n', PinImport.MaxLines)).Fault!.Code);
        Assert.Equal("import-board-unknown", PinImport.Read("#define PIN_LED 2", new PinImportOptions { Board = "toaster" }).Fault!.Code);
        Assert.Equal("import-format-unknown", PinImport.Read("Dear reader").Fault!.Code);
        var many = PinImport.Read(string.Concat(Enumerable.Range(0, 100).Select(i => $"#define PIN_X{i} {i % 40}\n"))).Value;
        Assert.Equal(PinPlan.MaxUses, many.Plan.Uses.Count);
        Assert.Contains(many.Notes, note => note.Message.Contains("left out", StringComparison.Ordinal));
    }

    private static PinImported Read(string text, string? chip = null) => PinImport.Read(text, new PinImportOptions { FileName = "pins.h", Chip = chip }).Value;
}
