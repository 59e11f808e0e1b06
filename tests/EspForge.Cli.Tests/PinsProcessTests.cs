using System.Text.Json;

namespace EspForge.Cli.Tests;

/// <summary>What a shell or a CI job sees of the executable: exit codes, standard input, output and error.</summary>
public sealed class PinsProcessTests
{
    private const string Good = """{ "board": "esp32-devkitc-v4", "uses": [ { "gpio": 21, "function": "i2c0", "signal": "sda" } ] }""";
    private const string Bad = """{ "board": "esp32-devkitc-v4", "uses": [ { "gpio": 6, "function": "led" } ] }""";

    [Fact]
    public void A_good_plan_from_standard_input_exits_0()
    {
        var (exitCode, output, error) = EspForgeProcess.Run(Good, "pins", "check", "-");
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("0 errors, 0 warnings, 0 infos", output.TrimEnd());
    }

    [Fact]
    public void An_error_exits_1_and_is_JSON_on_standard_output_alone()
    {
        var (exitCode, output, error) = EspForgeProcess.Run(Bad, "pins", "check", "-", "--json");
        Assert.Equal((1, ""), (exitCode, error));
        Assert.Equal("flash", JsonDocument.Parse(output).RootElement.GetProperty("findings")[0].GetProperty("class").GetString());
    }

    [Fact]
    public void What_is_no_plan_exits_2_with_nothing_on_standard_output()
    {
        Assert.Equal((2, "", "-:1:3: $ is not valid JSON at line 1, byte 3." + Environment.NewLine), EspForgeProcess.Run("{ x", "pins", "check", "-", "--json"));
        var (exitCode, output, error) = EspForgeProcess.Run(null, "pins", "check", "/nowhere/plan.json");
        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("/nowhere/plan.json: ", error, StringComparison.Ordinal);
        Assert.Equal(2, EspForgeProcess.Run(null, "pins", "check").ExitCode);
        Assert.Equal(2, EspForgeProcess.Run(Good, "pins", "check", "-", "--loud").ExitCode);
    }

    [Fact]
    public void A_header_from_standard_input_becomes_a_plan_that_the_next_command_reads()
    {
        var (exitCode, plan, notes) = EspForgeProcess.Run("#define PIN_RELAY 25\n#define GIZMO 7\n", "pins", "import", "-", "--board", "esp32-devkitc-v4");
        Assert.Equal(0, exitCode);
        Assert.Contains("-: line 2: GIZMO does not say that it is a pin.", notes, StringComparison.Ordinal);
        var (next, header, _) = EspForgeProcess.Run(plan, "pins", "code", "-");
        Assert.Equal(0, next);
        Assert.Contains("#define PIN_RELAY 25", header, StringComparison.Ordinal);
    }
}
