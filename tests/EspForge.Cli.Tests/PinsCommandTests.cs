using System.Text.Json;

namespace EspForge.Cli.Tests;

public sealed class PinsCommandTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_plan_without_error_exits_0()
    {
        var (exitCode, output, error) = Check("""{ "board": "esp32-devkitc-v4", "uses": [ { "gpio": 21, "function": "i2c0", "signal": "sda" } ] }""");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("0 errors, 0 warnings, 0 infos", output.TrimEnd());
    }

    [Fact]
    public void Warnings_alone_exit_0()
    {
        var (exitCode, output, _) = Check("""{ "chip": "esp32", "uses": [ { "gpio": 1, "function": "relay" } ] }""");
        Assert.Equal(0, exitCode);
        Assert.Contains("warning PIN011 console: GPIO1", output, StringComparison.Ordinal);
        Assert.Contains("repair: Move relay to GPIO", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_with_an_error_exits_1_and_says_what_to_do()
    {
        var (exitCode, output, error) = Check("""{ "board": "esp32-devkitc-v4", "uses": [ { "gpio": 6, "function": "led" } ] }""");
        Assert.Equal((1, ""), (exitCode, error));
        Assert.StartsWith("error   PIN003 flash: GPIO6", output, StringComparison.Ordinal);
        Assert.Contains("repair: Move led to GPIO", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_findings_as_JSON_have_the_documented_fields()
    {
        var (exitCode, output, error) = Check("""{ "chip": "esp32c3", "module": "ESP32-C3-WROOM-02", "uses": [ { "gpio": 11, "function": "led" } ], "wifi": true }""", "--json");
        Assert.Equal((1, ""), (exitCode, error));
        var finding = JsonDocument.Parse(output).RootElement.GetProperty("findings")[0];
        Assert.Equal(["rule", "class", "severity", "gpios", "message", "source", "repairs", "overridden"], finding.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("PIN005", "vdd-spi", "error"), (finding.GetProperty("rule").GetString(), finding.GetProperty("class").GetString(), finding.GetProperty("severity").GetString()));
        Assert.Equal(11, finding.GetProperty("gpios")[0].GetInt32());
        var repair = finding.GetProperty("repairs")[0];
        Assert.Equal(["label", "kind", "use", "gpio", "field", "value", "gpios"], repair.EnumerateObject().Select(field => field.Name));
        Assert.Equal("move", repair.GetProperty("kind").GetString());
        Assert.Equal((0, 3), (repair.GetProperty("use").GetInt32(), repair.GetProperty("gpio").GetInt32()));
    }

    [Fact]
    public void JSON_of_a_good_plan_has_no_findings()
    {
        var (exitCode, output, _) = Check("""{ "chip": "esp32", "uses": [] }""", "--json");
        Assert.Equal(0, exitCode);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("findings").GetArrayLength());
    }

    [Theory]
    [InlineData("""{ "chip": "esp32", "uses": [ { "gpio": "x", "function": "led" } ] }""", "$.uses[0].gpio must be a whole number.")]
    [InlineData("""{ "uses": [] }""", "$ names neither a board nor a chip")]
    [InlineData("""{ "board": "toaster", "uses": [] }""", "$.board names the unknown board 'toaster'")]
    [InlineData("not json", "is not valid JSON at line 1")]
    [InlineData("", "is not valid JSON at line 1")]
    public void What_is_not_a_plan_exits_2_and_says_where(string json, string message)
    {
        var (exitCode, output, error) = Check(json, "--json");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.StartsWith(_file, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_and_one_too_large_exit_2()
    {
        Assert.Equal(2, CliRunner.Run("pins", "check", _file + ".missing").ExitCode);
        Assert.Contains("larger than 65536 bytes", Check(new string(' ', 200_000)).Error, StringComparison.Ordinal);
        Assert.Equal(2, CliRunner.Run("pins", "check", Path.GetTempPath()).ExitCode);
    }

    [Theory]
    [InlineData("pins check", "See 'espforge pins check --help'.")]
    [InlineData("pins frobnicate", "See 'espforge pins --help'.")]
    [InlineData("boards show", "See 'espforge boards show --help'.")]
    public void A_bad_command_line_exits_2(string line, string hint)
    {
        var (exitCode, _, error) = CliRunner.Run(line.Split(' '));
        Assert.Equal(2, exitCode);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_is_the_header()
    {
        File.WriteAllText(_file, """{ "board": "esp32-devkitc-v4", "uses": [ { "gpio": 21, "function": "i2c0", "signal": "sda" } ] }""");
        var (exitCode, output, error) = CliRunner.Run("pins", "code", _file);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("#define PIN_I2C0_SDA 21", output, StringComparison.Ordinal);
        Assert.Equal(output, CliRunner.Run("pins", "code", _file).Output);
        File.WriteAllText(_file, "{}");
        Assert.Equal(2, CliRunner.Run("pins", "code", _file).ExitCode);
    }

    private (int ExitCode, string Output, string Error) Check(string json, params string[] options)
    {
        File.WriteAllText(_file, json);
        return CliRunner.Run(["pins", "check", _file, .. options]);
    }
}
