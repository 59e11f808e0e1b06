using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using EspForge.Boards;

namespace EspForge.PinRules.Tests.Generating;

/// <summary>Generated configuration goes through the parser of somebody else.</summary>
public sealed class ParsersTests : IDisposable
{
    private readonly Toolbox _tools = new();

    public static TheoryData<string> Chips => [.. BoardCatalog.Default.ChipIds];

    public static TheoryData<string> Boards => [.. BoardCatalog.Default.BoardIds];

    public void Dispose() => _tools.Dispose();

    [Theory]
    [MemberData(nameof(Chips))]
    public void PyYAML_reads_the_ESPHome_configuration_of_every_chip(string chip)
    {
        var document = Yaml(SamplePlans.OfChip(chip));
        Assert.Equal(chip.ToUpperInvariant(), document.GetProperty("esp32").GetProperty("variant").GetString());
        Assert.Equal("bus_i2c0", document.GetProperty("i2c")[0].GetProperty("id").GetString());
        Assert.StartsWith("GPIO", document.GetProperty("uart")[0].GetProperty("tx_pin").GetString(), StringComparison.Ordinal);
        Assert.True(document.GetProperty("binary_sensor")[0].GetProperty("pin").GetProperty("mode").GetProperty("pullup").GetBoolean());
        Assert.True(document.GetProperty("binary_sensor")[0].GetProperty("pin").GetProperty("inverted").GetBoolean());
    }

    [Fact]
    public void PyYAML_reads_hostile_names_as_text()
    {
        var document = Yaml(SamplePlans.Hostile);
        Assert.Equal(["button \"quoted\""], document.GetProperty("binary_sensor").EnumerateArray().Select(sensor => sensor.GetProperty("name").GetString()));
        Assert.Equal(["battery 'quoted'"], document.GetProperty("sensor").EnumerateArray().Select(sensor => sensor.GetProperty("name").GetString()));
        Assert.Equal(["GPIO16", "GPIO17", "GPIO18", "GPIO19"], document.GetProperty("substitutions").EnumerateObject().Where(use => use.Name.StartsWith("pin_class_int", StringComparison.Ordinal)).Select(use => use.Value.GetString()).Order());
    }

    [Fact]
    public void What_a_use_says_of_frequency_memory_and_drive_is_configured()
    {
        var document = Yaml(SamplePlans.Detailed);
        var pwm = document.GetProperty("output").EnumerateArray().First(output => output.GetProperty("platform").GetString() is "ledc");
        Assert.Equal(("25000Hz", "20mA"), (pwm.GetProperty("frequency").GetString(), pwm.GetProperty("pin").GetProperty("drive_strength").GetString()));
        Assert.Equal("400000Hz", document.GetProperty("i2c")[0].GetProperty("frequency").GetString());
        Assert.Equal(128, document.GetProperty("remote_transmitter")[0].GetProperty("rmt_symbols").GetInt32());
        Assert.Contains("clock-frequency = <400000>;", PinCode.Generate(SamplePlans.Detailed, "zephyr").Value.Text, StringComparison.Ordinal);
        Devicetree(SamplePlans.Detailed);
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void The_devicetree_compiler_reads_the_overlay_of_every_chip(string chip) => Devicetree(SamplePlans.OfChip(chip));

    [Fact]
    public void The_devicetree_compiler_reads_hostile_names() => Devicetree(SamplePlans.Hostile);

    [Theory]
    [MemberData(nameof(Boards))]
    public void Configparser_reads_the_PlatformIO_environment_of_every_board(string board)
    {
        var plan = SamplePlans.OfBoard(board);
        _tools.Put("platformio.ini", PinCode.Generate(plan, "platformio").Value.Text);
        var json = _tools.Python("import configparser,json;c=configparser.ConfigParser(interpolation=None);c.read('platformio.ini');print(json.dumps({s:dict(c[s]) for s in c.sections()}))");
        var environment = JsonDocument.Parse(json).RootElement.GetProperty("env:" + board);
        Assert.Equal("espressif32", environment.GetProperty("platform").GetString());
        Assert.NotEmpty(environment.GetProperty("board").GetString()!);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"-D PIN_I2C0_SDA={plan.Uses[0].Gpio}"), environment.GetProperty("build_flags").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void The_drawing_is_well_formed_and_names_every_use(string board)
    {
        var plan = SamplePlans.OfBoard(board);
        var svg = XDocument.Parse(PinCode.Generate(plan, "svg").Value.Text);
        var titles = svg.Descendants().Where(element => element.Name.LocalName is "title").Select(element => element.Value).ToList();
        Assert.All(plan.Uses, use => Assert.Contains(titles, title => title.Contains(use.Name, StringComparison.Ordinal)));
        Assert.Equal("img", svg.Root!.Attribute("role")!.Value);
        foreach (var header in BoardCatalog.Default.FindBoard(board)!.Headers)
            Assert.All(header.Pins, pin => Assert.Contains(titles, title => title.Contains(string.Create(CultureInfo.InvariantCulture, $"pin {pin.Pos} of {header.Id}"), StringComparison.Ordinal)));
    }

    [Fact]
    public void The_drawing_holds_hostile_names_as_text()
    {
        var svg = XDocument.Parse(PinCode.Generate(SamplePlans.Hostile, "svg").Value.Text);
        Assert.DoesNotContain(svg.Descendants(), element => element.Name.LocalName is "script");
        Assert.Contains(svg.Descendants(), element => element.Value.Contains("<script>alert(1)</script>", StringComparison.Ordinal));
    }

    [Fact]
    public void SARIF_has_the_members_that_its_schema_requires()
    {
        var plan = Plans.OfBoard("esp32-devkitc-v4", "6 led", "1 relay", "12 sdmmc d2") with { Overrides = [new PinOverride("strapping", [12], "forced by eFuse")] };
        var json = Encoding.UTF8.GetBytes("{\n  \"board\": \"esp32-devkitc-v4\",\n  \"uses\": [\n    { \"gpio\": 6 }, { \"gpio\": 1 },\n    { \"gpio\": 12 }\n  ]\n}\n");
        var log = JsonDocument.Parse(new SarifLog(new PlanArtifact("boards/my plan.json", json)).Write(new PinSheet(plan), UserRegions.None(null))).RootElement;
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        var run = log.GetProperty("runs")[0];
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("espforge", driver.GetProperty("name").GetString());
        var rules = driver.GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()).ToList();
        Assert.Equal(rules.Distinct().Count(), rules.Count);
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.NotEmpty(results);
        foreach (var result in results)
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()]);
            Assert.Contains(result.GetProperty("level").GetString(), new[] { "error", "warning", "note" });
            Assert.NotEmpty(result.GetProperty("message").GetProperty("text").GetString()!);
            Assert.Equal("boards/my%20plan.json", result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString());
        }

        var flash = results.Single(result => result.GetProperty("ruleId").GetString() is "PIN003").GetProperty("locations")[0];
        Assert.Equal((4, 5), (flash.GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32(), flash.GetProperty("physicalLocation").GetProperty("region").GetProperty("startColumn").GetInt32()));
        Assert.Equal("$.uses[0]", flash.GetProperty("logicalLocations")[0].GetProperty("fullyQualifiedName").GetString());
        var accepted = results.Single(result => result.TryGetProperty("suppressions", out _));
        Assert.Equal("forced by eFuse", accepted.GetProperty("suppressions")[0].GetProperty("justification").GetString());
    }

    [Fact]
    public void A_spreadsheet_runs_no_name_as_a_formula()
    {
        _tools.Put("pins.csv", PinCode.Generate(SamplePlans.Hostile, "csv").Value.Text);
        var rows = JsonDocument.Parse(_tools.Python("import csv,json;print(json.dumps(list(csv.reader(open('pins.csv',newline='')))))")).RootElement;
        Assert.Equal(SamplePlans.Hostile.Uses.Count + 1, rows.GetArrayLength());
        Assert.All(rows.EnumerateArray(), row => Assert.Equal(14, row.GetArrayLength()));
        Assert.All(rows.EnumerateArray().SelectMany(row => row.EnumerateArray()), cell => Assert.DoesNotMatch("^[=+@-]", cell.GetString()!));
    }

    [Fact]
    public void Markdown_keeps_every_row_in_its_table()
    {
        var text = PinCode.Generate(SamplePlans.Hostile, "markdown").Value.Text;
        var rows = text.Split('\n').Where(line => line.StartsWith('|')).ToList();
        Assert.Equal(SamplePlans.Hostile.Uses.Count + 2, rows.Count);
        Assert.All(rows, row => Assert.Equal(8, row.Replace("\\|", "", StringComparison.Ordinal).Count(letter => letter == '|')));
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Chips))]
    public void Every_peripheral_with_pin_control_is_in_the_overlay_with_macros_that_the_chip_has(string id)
    {
        var plan = SamplePlans.OfMatrix(id);
        Devicetree(plan);
        var text = PinCode.Generate(plan, "zephyr").Value.Text;
        Assert.Equal(ZephyrMacros.Nodes(id).Where(node => node is "rmt" or "pcnt" or "mcpwm0" or "i2s" or "i2s0" or "twai" or "twai0" or "mdio" or "eth" or "dac" or "lcd_cam" or "sdhc1"), MatrixNodes(text).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> MatrixNodes(string text) => text.Split('\n').Where(line => line.StartsWith('&')).Select(line => line[1..].Split(' ')[0])
        .Where(node => node is "rmt" or "pcnt" or "mcpwm0" or "i2s" or "i2s0" or "twai" or "twai0" or "mdio" or "eth" or "dac" or "lcd_cam" or "sdhc1").Distinct(StringComparer.Ordinal);

    private JsonElement Yaml(PinPlan plan)
    {
        _tools.Put("pins.yaml", PinCode.Generate(plan, "esphome").Value.Text);
        return JsonDocument.Parse(_tools.Python("import yaml,json;print(json.dumps(yaml.safe_load(open('pins.yaml'))))")).RootElement;
    }

    // The overlay on top of a tree with the labels that Zephyr's own trees have, and macros for exactly the chip's pins.
    private void Devicetree(PinPlan plan)
    {
        var chip = new PinSheet(plan).Chip;
        var macros = new StringBuilder();
        foreach (var pin in chip.Pins.Where(pin => pin.Exists))
        {
            foreach (var name in ZephyrMacros.Of(chip.Id))
                macros.Append(CultureInfo.InvariantCulture, $"#define {name}_GPIO{pin.Gpio} {pin.Gpio}\n");
        }

        _tools.Put($"zephyr/dt-bindings/pinctrl/{chip.Id}-pinctrl.h", macros.ToString());
        _tools.Put("zephyr/dt-bindings/adc/adc.h", "#define ADC_ACQ_TIME_DEFAULT 0\n");
        _tools.Put("zephyr/dt-bindings/gpio/gpio.h", "#define GPIO_ACTIVE_HIGH 0\n#define GPIO_ACTIVE_LOW 1\n#define GPIO_PULL_UP 16\n#define GPIO_PULL_DOWN 32\n");
        _tools.Put("zephyr/dt-bindings/input/input-event-codes.h", string.Concat(Enumerable.Range(0, 10).Select(key => string.Create(CultureInfo.InvariantCulture, $"#define INPUT_KEY_{key} {key + 2}\n"))));
        var nodes = string.Concat(ZephyrMacros.Nodes(chip.Id).Select(label => $"{label}: {label.Replace('_', '-')} {{ }};\n"));
        _tools.Put("app.overlay", PinCode.Generate(plan, "zephyr").Value.Text);
        _tools.Put("all.dts", $"/dts-v1/;\n/ {{\n#address-cells = <1>;\n#size-cells = <0>;\npinctrl: pin-controller {{ }};\n{nodes}}};\n#include \"app.overlay\"\n");
        _tools.Run("cpp", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp", "-I.", "all.dts", "all.pre.dts");
        _tools.Run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "all.dtb", "all.pre.dts");
        var tree = _tools.Run("dtc", "-q", "-I", "dtb", "-O", "dts", "all.dtb");
        Assert.Contains("zephyr,user", tree, StringComparison.Ordinal);
    }
}
