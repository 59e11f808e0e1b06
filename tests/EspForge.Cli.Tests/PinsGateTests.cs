using System.Text.Json;

namespace EspForge.Cli.Tests;

/// <summary>The check as a gate: several files, formats for CI, and where in a file something is wrong.</summary>
public sealed class PinsGateTests : IDisposable
{
    private const string Good = """{ "board": "esp32-devkitc-v4", "uses": [ { "gpio": 21, "function": "i2c0", "signal": "sda" } ] }""";
    private const string Warning = """{ "chip": "esp32", "uses": [ { "gpio": 1, "function": "relay" } ] }""";
    private const string Bad = "{\n  \"board\": \"esp32-devkitc-v4\",\n  \"uses\": [\n    { \"gpio\": 6, \"function\": \"led\" }\n  ]\n}\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("espforge-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Several_files_are_named_and_the_worst_decides()
    {
        var (exitCode, output, error) = CliRunner.Run("pins", "check", Put("a.json", Good), Put("b.json", Bad));
        Assert.Equal((1, ""), (exitCode, error));
        Assert.Contains("a.json:", output, StringComparison.Ordinal);
        Assert.Contains("b.json:", output, StringComparison.Ordinal);
        (exitCode, output, error) = CliRunner.Run("pins", "check", Put("a.json", Good), Put("b.json", Bad), Put("c.json", "[]"), "--json");
        Assert.Equal(2, exitCode);
        Assert.Contains("c.json:1:1: $ must be an object.", error, StringComparison.Ordinal);
        var files = JsonDocument.Parse(output).RootElement.GetProperty("files");
        Assert.Equal([0, 1], files.EnumerateArray().Select(file => file.GetProperty("findings").GetArrayLength()));
        Assert.EndsWith("b.json", files[1].GetProperty("file").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Good, "info", 0)]
    [InlineData(Warning, "error", 0)]
    [InlineData(Warning, "warning", 1)]
    [InlineData(Warning, "info", 1)]
    [InlineData(Bad, "error", 1)]
    public void Fail_on_sets_the_least_severity_that_fails(string plan, string severity, int exitCode) =>
        Assert.Equal(exitCode, CliRunner.Run("pins", "check", Put("plan.json", plan), "--fail-on", severity).ExitCode);

    [Fact]
    public void An_accepted_finding_does_not_fail()
    {
        var plan = Warning.Replace("] }", "], \"overrides\": [ { \"rule\": \"console\", \"gpios\": [1], \"reason\": \"no log in the field\" } ] }", StringComparison.Ordinal);
        var (exitCode, output, _) = CliRunner.Run("pins", "check", Put("plan.json", plan), "--fail-on", "warning");
        Assert.Equal(0, exitCode);
        Assert.Contains("overridden: no log in the field", output, StringComparison.Ordinal);
    }

    [Fact]
    public void SARIF_points_into_the_files()
    {
        var file = Put("b.json", Bad);
        var (exitCode, output, _) = CliRunner.Run("pins", "check", Put("a.json", Good), file, "--sarif");
        Assert.Equal(1, exitCode);
        var result = JsonDocument.Parse(output).RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Single();
        Assert.Equal(("PIN003", "error"), (result.GetProperty("ruleId").GetString(), result.GetProperty("level").GetString()));
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.EndsWith("b.json", place.GetProperty("artifactLocation").GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, place.GetProperty("region").GetProperty("startLine").GetInt32());
    }

    [Fact]
    public void Markdown_is_fit_for_a_comment()
    {
        var (exitCode, output, _) = CliRunner.Run("pins", "check", Put("plan.json", Bad), "--markdown");
        Assert.Equal(1, exitCode);
        Assert.Contains("**error** PIN003 flash", output, StringComparison.Ordinal);
        Assert.Contains("Repair: Move led to GPIO", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"chip\": \"esp32\",\n  \"uses\": [\n    { \"gpio\": 4, \"function\": \"led\" },\n    { \"gpio\": \"x\", \"function\": \"led\" }\n  ]\n}", ":5:15: $.uses[1].gpio must be a whole number.")]
    [InlineData("{\n  \"chip\": \"toaster\",\n  \"uses\": []\n}", ":2:11: $.chip names the unknown chip 'toaster'")]
    [InlineData("{\n  \"chip\": \"esp32\",\n  \"uses\": [],\n  \"colour\": 1\n}", ":4:3: $ has the unknown field 'colour'")]
    [InlineData("{\n  \"chip\": \"esp32\",\n  \"uses\": [ { \"gpio\": 4 } ]\n}", ":3:13: $.uses[0] lacks the field 'function'.")]
    [InlineData("{\n  \"chip\": \"esp32\",\n  \"uses\": [,]\n}", ":3:12: $ is not valid JSON at line 3, byte 12.")]
    [InlineData("{ \"chip\": \"esp32\", \"chip\": \"esp32\", \"uses\": [] }", ": $ is not valid JSON: a field is there twice.")]
    public void What_is_wrong_in_a_file_has_line_and_column(string json, string message)
    {
        var file = Put("plan.json", json);
        var (exitCode, output, error) = CliRunner.Run("pins", "check", file);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith(file + message, error, StringComparison.Ordinal);
        Assert.Equal(error, CliRunner.Run("pins", "code", file).Error);
        Assert.Equal(error, CliRunner.Run("pins", "diff", Put("good.json", Good), file).Error);
    }

    [Theory]
    [InlineData("pins check a.json --json --sarif", "Choose one of --json, --sarif and --markdown.")]
    [InlineData("pins check - -", "Standard input (-) can be read only once.")]
    [InlineData("pins diff - -", "Standard input (-) can be read only once.")]
    [InlineData("pins check a.json --fail-on never", "never")]
    [InlineData("pins check a.json --loud", "--loud")]
    [InlineData("pins diff a.json", "diff")]
    public void A_command_line_that_makes_no_sense_exits_2(string line, string message)
    {
        var (exitCode, output, error) = CliRunner.Run(line.Split(' '));
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c-header", "pins.h", "#define PIN_I2C0_SDA 21")]
    [InlineData("arduino", "pins.h", "pinsBegin")]
    [InlineData("esphome", "pins.yaml", "variant: ESP32")]
    [InlineData("sarif", "pins.sarif", "2.1.0")]
    public void Code_goes_to_a_file_or_into_a_folder(string format, string name, string part)
    {
        var plan = Put("plan.json", Good);
        Assert.Equal((0, "", ""), CliRunner.Run("pins", "code", format, plan, "-o", _folder.FullName));
        var text = File.ReadAllText(Path.Combine(_folder.FullName, name));
        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(text, CliRunner.Run("pins", "code", format, plan).Output);
    }

    [Fact]
    public void Code_keeps_what_the_user_wrote_and_leaves_a_file_it_cannot_read_alone()
    {
        var (plan, target) = (Put("plan.json", Good), Path.Combine(_folder.FullName, "pins.h"));
        Assert.Equal(0, CliRunner.Run("pins", "code", "c-header", plan, "-o", target).ExitCode);
        File.WriteAllText(target, File.ReadAllText(target).Replace("/* USER CODE END pins */", "#define MINE 1\n/* USER CODE END pins */", StringComparison.Ordinal));
        Assert.Equal(0, CliRunner.Run("pins", "code", "c-header", plan, "-o", target).ExitCode);
        Assert.Contains("#define MINE 1\n", File.ReadAllText(target), StringComparison.Ordinal);
        File.WriteAllText(target, "/* USER CODE BEGIN pins */\nint open;\n");
        var (exitCode, _, error) = CliRunner.Run("pins", "code", "c-header", plan, "-o", target);
        Assert.Equal(2, exitCode);
        Assert.Contains("Line 1", error, StringComparison.Ordinal);
        Assert.Equal("/* USER CODE BEGIN pins */\nint open;\n", File.ReadAllText(target));
        Assert.Equal(2, CliRunner.Run("pins", "code", "c-header", plan, "-o", Path.Combine(_folder.FullName, "no", "pins.h")).ExitCode);
        Assert.Contains("There is no such format", CliRunner.Run("pins", "code", "cobol", plan).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_writes_a_plan_that_check_reads()
    {
        var header = Put("camera_pins.h", "#if defined(CAMERA_MODEL_AI_THINKER)\n#define XCLK_GPIO_NUM 0\n#define SIOD_GPIO_NUM 26\n#elif defined(CAMERA_MODEL_WROVER_KIT)\n#define XCLK_GPIO_NUM 21\n#endif\n");
        var target = Path.Combine(_folder.FullName, "plan.json");
        var (exitCode, output, error) = CliRunner.Run("pins", "import", header, "--model", "AI_THINKER", "-o", target);
        Assert.Equal((0, ""), (exitCode, output));
        Assert.Contains("--model chooses.", error, StringComparison.Ordinal);
        Assert.Contains("\"board\": \"esp32-cam\"", File.ReadAllText(target), StringComparison.Ordinal);
        Assert.NotEqual(2, CliRunner.Run("pins", "check", target).ExitCode);
        Assert.Contains("21", CliRunner.Run("pins", "import", header, "-D", "CAMERA_MODEL_WROVER_KIT").Output, StringComparison.Ordinal);
        Assert.Contains("There is no board 'toaster'", CliRunner.Run("pins", "import", header, "--board", "toaster").Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRunner.Run("pins", "import", Put("notes.txt", "Dear reader")).ExitCode);
    }

    [Fact]
    public void Diff_exits_0_for_the_same_and_1_for_another_plan()
    {
        var plan = Put("a.json", Good);
        Assert.Equal((0, "The plans mean the same." + Environment.NewLine, ""), CliRunner.Run("pins", "diff", plan, Put("b.json", Good.Replace(" ", "", StringComparison.Ordinal))));
        var moved = Put("c.json", Good.Replace("21", "19", StringComparison.Ordinal));
        var (exitCode, output, _) = CliRunner.Run("pins", "diff", plan, moved);
        Assert.Equal(1, exitCode);
        Assert.Contains("i2c0 sda moves from GPIO21 to GPIO19.", output, StringComparison.Ordinal);
        var json = JsonDocument.Parse(CliRunner.Run("pins", "diff", plan, moved, "--json").Output).RootElement;
        Assert.Equal((false, "moved"), (json.GetProperty("same").GetBoolean(), json.GetProperty("differences")[0].GetProperty("kind").GetString()));
        Assert.Equal(2, CliRunner.Run("pins", "diff", plan, plan + ".missing").ExitCode);
    }

    private string Put(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
